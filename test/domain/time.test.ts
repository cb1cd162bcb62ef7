import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  day,
  dayMasks,
  fullHalf,
  holdWindow,
  hour,
  inWords,
  minute,
  quarter,
} from '../../src/domain/time.ts';

const first = Date.UTC(2026, 0, 1) / quarter;
const windows = fc
  .tuple(fc.integer({ min: 0, max: 96 * 400 }), fc.integer({ min: 1, max: 96 * 12 }))
  .map(([at, length]) => ({ from: (first + at) * quarter, until: (first + at + length) * quarter }));

describe('dayMasks', () => {
  it('has one bit for each quarter, each on its own day and place', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const quarters = dayMasks(window).flatMap(({ day: d, am, pm }) => [
          ...bits(am).map((bit) => d * 96 + bit),
          ...bits(pm).map((bit) => d * 96 + 48 + bit),
        ]);
        const wanted = Array.from(
          { length: (window.until - window.from) / quarter },
          (_, i) => window.from / quarter + i,
        );
        assert.deepEqual(quarters, wanted);
      }),
    );
  });

  it('crosses midnight, noon and whole days', () => {
    const midnight = Date.UTC(2026, 9, 25);
    const d = midnight / day;
    assert.deepEqual(dayMasks({ from: midnight - quarter, until: midnight + quarter }), [
      { day: d - 1, am: 0, pm: 2 ** 47 },
      { day: d, am: 1, pm: 0 },
    ]);
    assert.deepEqual(dayMasks({ from: midnight, until: midnight + day }), [
      { day: d, am: fullHalf, pm: fullHalf },
    ]);
  });

  it('refuses what is no window of quarter hours', () => {
    for (const window of [
      { from: 0, until: 0 },
      { from: quarter, until: 0 },
      { from: 1, until: quarter },
      { from: 0, until: quarter + 1 },
    ])
      assert.throws(() => dayMasks(window), RangeError);
  });
});

describe('holdWindow', () => {
  it('covers the booking with its load and clean-up, and less than a quarter more on either side', () => {
    const length = fc.integer({ min: 0, max: 3 * 60 * minute });
    fc.assert(
      fc.property(
        windows,
        fc.integer({ min: 0, max: quarter - 1 }),
        length,
        length,
        (window, off, lead, turnover) => {
          const start = window.from + off;
          const end = window.until + off;
          const hold = holdWindow(start, end, lead, turnover);
          const before = lead < minute ? 0 : lead;
          const after = turnover < minute ? 0 : turnover;
          assert.equal(hold.from % quarter, 0);
          assert.equal(hold.until % quarter, 0);
          assert.ok(hold.from <= start - before && start - before - hold.from < quarter);
          assert.ok(hold.until >= end + after && hold.until - end - after < quarter);
        },
      ),
    );
  });

  // the hours that a clock shows twice or never are as long as any other
  for (const [title, at] of [
    ['the hour that comes twice in Berlin', Date.UTC(2026, 9, 25, 0, 30)],
    ['the hour that is missing in Berlin', Date.UTC(2026, 2, 29, 0, 30)],
    ['the hour that comes twice in Lord Howe, half of it', Date.UTC(2026, 3, 4, 14, 45)],
  ] as const) {
    it(`holds 90 minutes for 90 minutes over ${title}`, () => {
      const hold = holdWindow(at, at + 90 * minute, 0, 0);
      const quarters = dayMasks(hold).reduce((sum, { am, pm }) => sum + bits(am).length + bits(pm).length, 0);
      assert.equal(quarters, 6);
    });
  }
});

describe('inWords', () => {
  it('never says less than it is, and at most a minute more; of days an hour, of more than a week a day', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * day }), (milliseconds) => {
        const said = read(inWords(milliseconds));
        assert.ok(said >= milliseconds, `${inWords(milliseconds)} for ${milliseconds}`);
        const more = milliseconds > 7 * day ? day : milliseconds >= 2 * day - minute ? hour : minute;
        assert.ok(said - milliseconds <= more);
      }),
    );
  });

  it('says hours beside days: 56 hours are not three days', () =>
    assert.deepEqual([56 * hour, 2 * day, 7 * day, 7 * day + 1].map(inWords), [
      ...['2 days 8 h', '2 days', '7 days', '8 days'],
    ]));

  it('says nothing below zero', () => assert.equal(inWords(-5), '0 s'));
});

const units: Readonly<Record<string, number>> = { s: 1000, min: minute, h: 60 * minute, days: day };

function read(words: string): number {
  return [...words.matchAll(/(\d+) (\w+)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * (units[unit ?? ''] ?? NaN),
    0,
  );
}

function bits(mask: number): number[] {
  return Array.from({ length: 48 }, (_, bit) => bit).filter((bit) => (BigInt(mask) >> BigInt(bit)) & 1n);
}
