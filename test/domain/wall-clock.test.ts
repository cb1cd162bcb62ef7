import assert from 'node:assert/strict';
import fc from 'fast-check';
import { day, minute } from '../../src/domain/time.ts';
import {
  addDays,
  isDate,
  isZone,
  momentOf,
  momentsOf,
  wallClock,
  weekdayOf,
} from '../../src/domain/wall-clock.ts';

const zones = [
  'Europe/Berlin',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Australia/Lord_Howe',
  'UTC',
];
const moment = fc.integer({
  min: Date.parse('2020-01-01T00:00Z') / minute,
  max: Date.parse('2035-01-01T00:00Z') / minute,
});

describe('clocks on walls', () => {
  for (const [typed, at] of [
    ['2026-11-21T10:00', '2026-11-21T09:00:00Z'],
    ['2026-07-01T10:00', '2026-07-01T08:00:00Z'],
    ['2026-03-29T02:30', '2026-03-29T01:30:00Z'], // left out by summer time
    ['2026-10-25T02:30', '2026-10-25T00:30:00Z'], // comes twice: the first
    ['2026-10-25T03:30', '2026-10-25T02:30:00Z'],
  ] as const) {
    it(`${typed} in Berlin is ${at}`, () => {
      assert.equal(momentOf(typed, 'Europe/Berlin'), Date.parse(at));
    });
  }

  it('tell the hour that is left out, and the one that comes twice', () => {
    assert.deepEqual(momentsOf('2026-03-29T02:30', 'Europe/Berlin'), []);
    const twice = momentsOf('2026-10-25T02:30', 'Europe/Berlin');
    assert.deepEqual(twice, [Date.parse('2026-10-25T00:30:00Z'), Date.parse('2026-10-25T01:30:00Z')]);
  });

  it('every moment is among those of what the wall shows then', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (minutes, zone) => {
        const at = minutes * minute;
        const moments = momentsOf(wallClock(at, zone).slice(0, 16), zone);
        assert.ok(moments.includes(at));
        for (const each of moments) assert.equal(wallClock(each, zone), wallClock(at, zone));
      }),
    );
  });

  it('no time is made of what is none', () => {
    for (const typed of [
      '',
      'soon',
      '2026-11-21',
      '2026-13-40T99:99',
      '2026-02-30T10:00',
      '9999-12-31T00:00',
      '2026-11-21T10:00Z',
    ]) {
      assert.ok(Number.isNaN(momentOf(typed, 'Europe/Berlin')), typed);
      assert.deepEqual(momentsOf(typed, 'Europe/Berlin'), []);
    }
  });
});

describe('dates', () => {
  it('go on by days of the calendar, whatever the clocks do', () => {
    assert.equal(addDays('2026-03-28', 1), '2026-03-29');
    assert.equal(addDays('2028-02-28', 2), '2028-03-01');
    fc.assert(
      fc.property(moment, fc.integer({ min: -800, max: 800 }), (minutes, days) => {
        const date = wallClock(minutes * minute, 'UTC').slice(0, 10);
        assert.equal(addDays(addDays(date, days), -days), date);
        assert.equal(Date.parse(addDays(date, days)) - Date.parse(date), days * day);
      }),
    );
  });

  it('have weekdays, and are on the calendar or not', () => {
    assert.deepEqual(['2026-11-22', '2026-11-23'].map(weekdayOf), [7, 1]);
    assert.ok(isDate('2028-02-29') && !isDate('2026-02-29') && !isDate('2026-2-3'));
  });
});

it('a zone has a name', () => {
  assert.ok(isZone('Europe/Berlin') && !isZone('No/Such') && !isZone('+02:00') && !isZone(''));
});
