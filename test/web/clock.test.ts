import assert from 'node:assert/strict';
import { lengthOf, promise, roughly, timeLeft, took } from '../../src/web/assets/js/words.js';
import { makeClock } from '../../src/web/clock.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

describe('times as people read them', () => {
  const now = Date.parse('2026-11-21T09:00:00Z');
  const clock = makeClock('Europe/Berlin', now);

  for (const [at, text] of [
    ['2026-11-21T15:30:00Z', '16:30'],
    ['2026-11-21T23:30:00Z', 'tomorrow 00:30'],
    ['2026-11-20T09:00:00Z', 'yesterday 10:00'],
    ['2026-11-24T08:00:00Z', 'Tue 24 Nov 09:00'],
    ['2027-01-04T08:00:00Z', 'Mon 4 Jan 2027 09:00'],
  ] as const) {
    it(`${at} is ${text}`, () => {
      assert.deepEqual(clock.when(Date.parse(at)), { iso: new Date(at).toISOString(), text });
    });
  }

  it('are to the second in logs', () => {
    assert.equal(clock.precisely(Date.parse('2026-11-20T09:00:07Z')).text, 'yesterday 10:00:07');
  });

  it('say their zone', () => {
    assert.equal(clock.zoneName, 'Berlin time, GMT+1');
    assert.equal(makeClock('UTC', now).zoneName, 'UTC');
    assert.equal(makeClock('No/Such', now).zone, makeClock(null, now).zone);
  });
});

describe('durations in words', () => {
  it('never promise more than is left', () => {
    const words = [
      -5,
      0,
      59_999,
      60_000,
      545_000,
      10 * minute,
      59 * minute + 59_000,
      hour,
      2 * hour - 1,
      49 * hour,
    ];
    assert.deepEqual(words.map(timeLeft), [
      '0 s',
      '0 s',
      '59 s',
      '1 min 00 s',
      '9 min 05 s',
      '10 min',
      '59 min',
      '1 h',
      '1 h 59 min',
      '2 days 1 h',
    ]);
  });
  it('say how long something is', () => {
    assert.deepEqual([15, 60, 90, 240, 2880, 3000].map(lengthOf), [
      '15 min',
      '1 h',
      '1 h 30 min',
      '4 h',
      '2 days',
      '2 days 2 h',
    ]);
  });
  it('say how long something took', () => {
    assert.deepEqual([0, 2_910, 9_949, 14_400, 99_000, 300_000].map(took), [
      '0.0 s',
      '2.9 s',
      '9.9 s',
      '14 s',
      '99 s',
      '5 min',
    ]);
  });
  it('are rounded up when they are a promise', () => {
    assert.deepEqual([0, 200, 2_600, 99_999, 100_000, 61 * minute].map(roughly), [
      '1 s',
      '1 s',
      '3 s',
      '100 s',
      '2 min',
      '1 h 1 min',
    ]);
  });
  it('promise the usual time, then the one nearly always kept, then nothing', () => {
    const estimate = { p50: 3_000, p95: 6_000 };
    assert.equal(promise(estimate, 0), 'Usually 3 s, nearly always within 6 s.');
    assert.equal(promise(estimate, 4_000), 'Any moment now, nearly always within 6 s.');
    assert.equal(promise(estimate, 7_000), 'Any moment now. It takes longer than usual.');
  });
});
