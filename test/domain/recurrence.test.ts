import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LabError } from '../../src/domain/errors.ts';
import { mostOccurrences, occurrencesOf, type Recurrence, type Weekly } from '../../src/domain/recurrence.ts';
import { addDays, wallClock, weekdayOf } from '../../src/domain/wall-clock.ts';

const zone = 'Europe/Berlin';
const term = { first: '2027-04-12', last: '2027-07-16' };
const tuesdays: Weekly = { kind: 'weekly', weekdays: [2], every: 1, ...term, from: '10:00', until: '11:30' };
const datesOf = (recurrence: Recurrence) => occurrencesOf(recurrence, zone).map(({ date }) => date);

function refused(recurrence: Recurrence, field: string, sentence: RegExp, where = zone): void {
  assert.throws(
    () => occurrencesOf(recurrence, where),
    (error) => error instanceof LabError && sentence.test(error.fields[field] ?? ''),
  );
}

describe('occurrencesOf', () => {
  it('has every chosen weekday of every n-th week, between both dates, without those left out', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
    const weekdays = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 });
    const series = fc.record({
      weekdays,
      every: fc.integer({ min: 1, max: 5 }),
      first: fc.integer({ min: 0, max: 800 }).map((days) => addDays('2026-01-01', days)),
      length: fc.integer({ min: 14, max: 300 }),
      hour: fc.integer({ min: 4, max: 20 }),
      where: fc.constantFrom(...zones),
      skip: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(series, ({ length, hour, where, skip, ...wish }) => {
        const last = addDays(wish.first, length);
        const expected = slowly({ ...wish, last });
        fc.pre(expected.length > 1);
        const except = expected.slice(skip, skip + 1).slice(0, expected.length - 1);
        const [from, until] = [hour, hour + 2].map((at) => `${String(at).padStart(2, '0')}:05`) as [
          string,
          string,
        ];
        const all = occurrencesOf({ kind: 'weekly', ...wish, last, except, from, until }, where);
        assert.deepEqual(
          all.map(({ date }) => date),
          expected.filter((date) => !except.includes(date)),
        );
        // the clocks on the walls show the same on every date, whatever they were put to
        for (const one of all) {
          assert.equal(wallClock(one.from, where), `${one.date}T${from}:00`);
          assert.equal(wallClock(one.until, where), `${one.date}T${until}:00`);
        }
      }),
    );
  });

  it('keeps the time of day across the change of clocks', () => {
    const sundays = { ...tuesdays, weekdays: [7], first: '2026-10-18', last: '2026-10-25' };
    const [before, after] = occurrencesOf(sundays, zone);
    assert.equal(new Date(before?.from ?? 0).toISOString(), '2026-10-18T08:00:00.000Z');
    assert.equal(new Date(after?.from ?? 0).toISOString(), '2026-10-25T09:00:00.000Z');
  });

  it('has the nth and the last weekday of months, and their days', () => {
    const monthly = {
      kind: 'monthly',
      first: '2027-01-01',
      last: '2027-06-30',
      from: '08:00',
      until: '00:00',
    } as const;
    assert.deepEqual(datesOf({ ...monthly, on: { nth: 2, weekday: 4 } }).slice(0, 2), [
      '2027-01-14',
      '2027-02-11',
    ]);
    assert.deepEqual(datesOf({ ...monthly, on: { nth: 5, weekday: 1 } }), ['2027-03-29', '2027-05-31']);
    assert.deepEqual(datesOf({ ...monthly, on: { nth: -1, weekday: 7 } }).slice(0, 2), [
      '2027-01-31',
      '2027-02-28',
    ]);
    assert.deepEqual(datesOf({ ...monthly, on: { day: 31 }, except: ['2027-03-31'] }), [
      '2027-01-31',
      '2027-05-31',
    ]);
  });

  it('has listed times in their order, and what takes place once', () => {
    const times = [
      { date: '2027-05-04', from: '14:00', until: '15:00' },
      { date: '2027-05-03', from: '09:00', until: '10:00' },
      { date: '2027-05-04', from: '13:00', until: '14:00' },
    ];
    const listed = occurrencesOf({ kind: 'listed', times }, zone);
    assert.deepEqual(
      listed.map(({ from }) => wallClock(from, zone)),
      ['2027-05-03T09:00:00', '2027-05-04T13:00:00', '2027-05-04T14:00:00'],
    );
    assert.equal(occurrencesOf({ kind: 'once', ...(times[0] as (typeof times)[0]) }, zone).length, 1);
  });

  it('says what is wrong', () => {
    refused({ ...tuesdays, until: '09:30' }, 'until', /^It ends at 09:30, before it starts at 10:00\.$/);
    refused({ ...tuesdays, until: '10:10' }, 'until', /less than 15 minutes/);
    refused({ ...tuesdays, last: '2027-04-01' }, 'last', /lies before the first/);
    refused({ ...tuesdays, last: '2027-04-12' }, 'last', /no date in that/);
    refused({ ...tuesdays, first: '2027-02-30' }, 'first', /^2027-02-30 is no date/);
    refused({ ...tuesdays, from: '25:00' }, 'from', /^25:00 is no time of day/);
    refused({ ...tuesdays, weekdays: [] }, 'weekdays', /Choose a weekday/);
    refused({ ...tuesdays, weekdays: [8] }, 'weekdays', /1 for Monday/);
    refused({ ...tuesdays, every: 0 }, 'every', /from 1 to 52/);
    refused({ ...tuesdays, except: ['2027-04-14'] }, 'except', /^2027-04-14 is no date of this series/);
    refused(tuesdays, 'timeZone', /no time zone "Mars\/Olympus"/, 'Mars/Olympus');
    refused({ ...tuesdays, kind: 'monthly', on: { day: 32 } }, 'on', /from 1 to 31/);
  });

  it('refuses a time that the clocks leave out, on the date it is', () => {
    const night = { kind: 'once', date: '2027-03-28', from: '03:30', until: '05:00' } as const;
    refused(
      night,
      'from',
      /^03:30 on 2027-03-28 does not exist in Europe\/Athens: .*leave that date out/,
      'Europe/Athens',
    );
    assert.equal(occurrencesOf(night, zone).length, 1);
    const sundays = {
      ...tuesdays,
      weekdays: [7],
      first: '2027-03-21',
      last: '2027-04-04',
      from: '02:30',
      until: '04:00',
    };
    refused(sundays, 'from', /02:30 on 2027-03-28/);
    assert.equal(occurrencesOf({ ...sundays, except: ['2027-03-28'] }, zone).length, 2);
  });

  it('refuses what overlaps, and more dates than anybody can have', () => {
    const time = { date: '2027-05-04', from: '14:00', until: '15:00' };
    refused({ kind: 'listed', times: [time, { ...time, from: '14:45' }] }, 'times', /is not over when/);
    refused({ kind: 'listed', times: [] }, 'times', /no date/);
    const daily = { ...tuesdays, weekdays: [1, 2, 3, 4, 5, 6, 7], first: '2027-01-01' };
    assert.equal(
      datesOf({ ...daily, last: addDays(daily.first, mostOccurrences - 1) }).length,
      mostOccurrences,
    );
    refused({ ...daily, last: addDays(daily.first, mostOccurrences) }, 'last', /more than 400 dates/);
    refused({ ...daily, last: '9998-12-31' }, 'last', /more than 400 dates/);
    refused({ ...daily, first: '9998-12-30', last: '9999-12-31' }, 'last', /no date/);
    refused(
      { kind: 'listed', times: Array.from({ length: 10_000 }, () => time) },
      'last',
      /more than 400 dates/,
    );
  });
});

/** Day by day. */
function slowly({
  weekdays,
  every,
  first,
  last,
}: {
  weekdays: number[];
  every: number;
  first: string;
  last: string;
}) {
  const dates: string[] = [];
  const monday = addDays(first, 1 - weekdayOf(first));
  for (let date = first; date <= last; date = addDays(date, 1)) {
    const week = Math.floor((Date.parse(date) - Date.parse(monday)) / (7 * 86_400_000));
    if (week % every === 0 && weekdays.includes(weekdayOf(date))) dates.push(date);
  }
  return dates;
}
