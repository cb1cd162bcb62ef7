import assert from 'node:assert/strict';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { minute } from '../../../src/domain/time.ts';
import { addDays, wallClock } from '../../../src/domain/wall-clock.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { eachEngine } from '../../helpers/database.ts';
import { checkBooks, type Lab, makeLab } from '../../helpers/lab.ts';

eachEngine((_engine, { open }) => {
  let lab: Lab;
  let admin: SignedIn;
  let ann: SignedIn;
  let courseId: number;

  /** Ann is in Physics, which has two hours for each, and for which the environment is. */
  beforeEach(async () => {
    lab = await makeLab(await open(), { nodes: 4 });
    admin = await someone(lab.deps, 'admin', 'administrator');
    await someone(lab.deps, 'ann');
    ({ id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' }));
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    const yesterday = addDays(wallClock(now, 'UTC').slice(0, 10), -1);
    const term = { timeZone: 'UTC', termFrom: yesterday, termUntil: addDays(yesterday, 30) };
    await lab.services.addCourse(admin, { group: 'Physics', ...term, instructors: [], budgetHours: 2 });
    await lab.services.changeRoster(admin, courseId, { add: ['ann'] });
    await lab.services.publishImage(admin, 'simulated', { visibility: 'groups', groups: ['Physics'] });
    ann = await known(lab.deps, 'ann');
  });
  afterEach(async () => {
    await checkBooks(lab.db);
    await lab.close();
  });

  const book = (me: SignedIn, minutes: number) => lab.services.reserve(me, { image: 'simulated', minutes });
  const left = async (me = ann) => (await lab.services.listBudgets(me))[0]?.leftMinutes;

  it('are said before they are spent, hold whatever is booked at once, and come back where they are not used', async () => {
    const verdict = await lab.services.verdict(ann, { image: 'simulated', minutes: 90 });
    assert.deepEqual(verdict.costs, { course: 'Physics', minutes: 90, leftMinutes: 120 });
    const both = await Promise.allSettled([book(ann, 90), book(ann, 90)]);
    const [refused] = both.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    assert.equal(refused?.reason.code, 'reservation.limit-budget');
    assert.match(refused.reason.message, /Of your 2 h for Physics you have 30 min left/);
    assert.deepEqual(refused.reason.alternatives[0].minutes, 30);
    assert.equal(await left(), 30);
    const card = await lab.services.getImage(ann, 'simulated');
    assert.deepEqual([card.costs?.leftMinutes, card.usualMinutes, card.hindrance], [30, 30, null]);

    const [mine] = (await lab.services.listReservations(ann, { live: true, limit: 10 })).items;
    assert.ok(mine);
    const extension = await lab.services.extension(ann, mine.id);
    assert.deepEqual(extension, {
      ...extension,
      mostMinutes: 30,
      because: 'of your hours for Physics 30 min is left',
    });
    await assert.rejects(lab.services.extend(ann, mine.id, 31), { code: 'reservation.extend-limit' });
    await lab.services.extend(ann, mine.id, 30);
    assert.equal(await left(), 0);
    assert.match((await lab.services.getImage(ann, 'simulated')).hindrance?.text ?? '', /nothing left/);
    const { people } = await lab.services.inspectCourse(admin, courseId);
    assert.deepEqual(
      people.map(({ name, spentMinutes }) => [name, spentMinutes]),
      [['ann', 120]],
    );

    // no load of it was begun: nothing of it was had
    await lab.services.endReservation(ann, mine.id);
    await inTransaction(lab.db, (tx) => tx.table('reservations').update({ live: null, ended_at: tx.now }));
    assert.equal(await left(), 120);
  });

  it('cost nobody anything who teaches the course, or has the environment without it, and hold within its term alone', async () => {
    assert.equal((await lab.services.verdict(admin, { image: 'simulated', minutes: 600 })).costs, null);
    const other = await someone(lab.deps, 'bob');
    assert.deepEqual(await lab.services.listBudgets(other), []);
    await assert.rejects(lab.services.editCourse(ann, courseId, { budgetHours: 9 }), { code: 'not-allowed' });
    await assert.rejects(lab.services.editCourse(admin, courseId, { budgetHours: -1 }), {
      code: 'input.invalid',
    });
    await lab.services.editCourse(admin, courseId, { budgetHours: null });
    assert.equal((await book(ann, 600)).state, 'new');
    await lab.services.editCourse(admin, courseId, { budgetHours: 1 });
    await assert.rejects(book(ann, 90), { code: 'reservation.limit-budget' });
    const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
    const start = now + 40 * 24 * 60 * minute;
    assert.equal((await lab.services.verdict(ann, { image: 'simulated', minutes: 90, start })).costs, null);
    await lab.services.editCourse(admin, courseId, { instructors: ['ann'] });
    ann = await known(lab.deps, 'ann');
    assert.deepEqual(await lab.services.listBudgets(ann), []);
    assert.equal((await book(ann, 90)).state, 'new');
  });

  it('are charged for what comes after a class, by who stays on', async () => {
    const { id } = await book(ann, 60);
    // as a seat: it costs nothing
    await inTransaction(lab.db, (tx) =>
      tx.table('reservations').where({ id }).update({ block_date_id: 1, budget_course_id: null }),
    );
    assert.equal(await left(), 120);
    await lab.services.extend(ann, id, 45);
    assert.equal(await left(), 75);
  });
});
