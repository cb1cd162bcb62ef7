import assert from 'node:assert/strict';
import { payingCourses, type Spent, spentMinutes, termWindow } from '../../src/domain/budgets.ts';
import type { Person, Resource } from '../../src/domain/may.ts';
import { hour, minute } from '../../src/domain/time.ts';

describe('budgets', () => {
  const [physics, chemistry, staff] = [1, 2, 3];
  const ann: Person = { id: 9, name: 'ann', role: 'user', groupIds: [physics, chemistry] };
  const published = (...groupIds: number[]): Resource => ({ visibility: 'groups', groupIds });
  const paying = (person: Person, image: Resource) => payingCourses(person, image, [physics, chemistry]);

  it('are of the courses through which somebody has an environment, and of no other', () => {
    assert.deepEqual(paying(ann, published(physics)), [physics]);
    assert.deepEqual(paying(ann, published(physics, chemistry)), [physics, chemistry]);
    assert.deepEqual(paying({ ...ann, groupIds: [physics, staff] }, published(physics, staff)), []);
    assert.deepEqual(paying(ann, { visibility: 'everyone' }), []);
    assert.deepEqual(paying(ann, { ...published(physics), ownerId: ann.id }), []);
    assert.deepEqual(paying({ ...ann, role: 'administrator' }, published(physics)), []);
    assert.deepEqual(paying({ ...ann, courseIds: [physics] }, published(physics)), []);
  });

  const start = Date.parse('2027-05-03T10:00:00Z');
  const live: Spent = {
    ...{ live: true, minutes: 120, start, end: start + 2 * hour },
    ...{ readyAt: null, endedAt: null, freeUntil: null },
  };
  const over = { ...live, live: false, readyAt: start + 5 * minute };

  it('count what is booked while it is live, and then what was had of it', () => {
    assert.equal(spentMinutes(live), 120);
    assert.equal(spentMinutes({ ...over, endedAt: start + 35 * minute + 1 }), 31);
    assert.equal(spentMinutes({ ...over, endedAt: start + 3 * hour }), 115);
    assert.equal(spentMinutes({ ...over, readyAt: null, endedAt: start + hour }), 0);
  });

  it('count of a seat only what came after its class', () => {
    const stayed = { ...live, readyAt: start, freeUntil: start + hour };
    assert.equal(spentMinutes(stayed), 60);
    assert.equal(spentMinutes({ ...stayed, live: false, endedAt: start + 80 * minute }), 20);
    assert.equal(spentMinutes({ ...stayed, live: false, endedAt: start + 30 * minute }), 0);
  });

  it('last from the first day of the term to its last, where the course is', () => {
    const { from, until } = termWindow('2027-03-01', '2027-03-28', 'Europe/Berlin');
    assert.equal(new Date(from).toISOString(), '2027-02-28T23:00:00.000Z');
    // summer time has begun on the last day
    assert.equal(new Date(until).toISOString(), '2027-03-28T22:00:00.000Z');
  });
});
