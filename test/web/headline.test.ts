import assert from 'node:assert/strict';
import { headline } from '../../src/web/areas/reservations/headline.ts';
import { makeClock } from '../../src/web/clock.ts';
import { now, reservation } from '../helpers/sample-views.ts';

/** Of a machine that is being made ready. */
describe('until when somebody has it', () => {
  const clock = makeClock('UTC', now);
  const minute = 60_000;
  const below = (over: Parameters<typeof reservation>[0]) => {
    const { before, when } = headline(reservation({ state: 'new', readyAt: null, ...over }), clock);
    return [before, when?.iso ?? null];
  };
  const [start, end] = [now - minute, now + 59 * minute];
  const until = ['yours until', new Date(end).toISOString()];

  it('counts from when it is ready, where it was booked for now', () => {
    assert.deepEqual(below({ start, end, minutes: 60 }), ['1 h, counted from when it is ready', null]);
  });

  it('is said of a seat, and of what begins later', () => {
    assert.deepEqual(below({ start, end, fixedEnd: true }), until);
    const estimate = { p50: 3_000, p95: 6_000, since: now };
    assert.deepEqual(below({ start: now + minute, end, estimate }), until);
  });
});
