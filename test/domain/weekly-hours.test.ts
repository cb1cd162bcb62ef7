import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LabError } from '../../src/domain/errors.ts';
import { day, hour, quarter } from '../../src/domain/time.ts';
import { zoneFormat } from '../../src/domain/wall-clock.ts';
import { closedWindows, type OpenHours, openWeek, weekdays } from '../../src/domain/weekly-hours.ts';

const clock = (quarters: number) =>
  `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
/** Berlin and New York change their clocks, Lord Howe by half an hour, Kathmandu never and by quarters. */
const zone = fc.constantFrom(
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'UTC',
);
const start = fc
  .constantFrom(Date.UTC(2026, 2, 26), Date.UTC(2026, 3, 2), Date.UTC(2026, 9, 22), Date.UTC(2026, 10, 1))
  .chain((from) => fc.integer({ min: 0, max: 400 }).map((quarters) => from + quarters * quarter));
const entry = fc.record({
  weekday: fc.constantFrom(...weekdays),
  from: fc.integer({ min: 0, max: 95 }),
  until: fc.integer({ min: 0, max: 96 }),
});

describe('weekly hours', () => {
  it('close exactly the quarters whose time on the wall lies outside them', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 5 }), zone, start, (entries, timeZone, from) => {
        const hours: OpenHours[] = entries.map((one) => ({
          ...{ day: one.weekday, from: clock(one.from), until: clock(one.until) },
        }));
        const open = tryOpen(hours);
        fc.pre(open !== null);
        const window = { from, until: from + 8 * day };
        const closed = closedWindows(open ?? [], timeZone, window);
        for (let at = window.from; at < window.until; at += quarter) {
          const isClosed = closed.some((one) => one.from <= at && at < one.until);
          assert.equal(isClosed, !isOpen(entries, timeZone, at), new Date(at).toISOString());
        }
        for (const [index, one] of closed.entries())
          assert.ok(one.from < one.until && one.from > (closed[index - 1]?.until ?? -1));
      }),
      { numRuns: 80 },
    );
  });

  it('join where they touch, over midnight and over the end of the week too', () => {
    const open = openWeek([
      { day: 'sunday', from: '20:00', until: '24:00' },
      { day: 'monday', from: '00:00', until: '08:00' },
      { day: 'monday', from: '08:00', until: '12:00' },
    ]);
    const window = { from: Date.UTC(2026, 10, 22), until: Date.UTC(2026, 10, 24) };
    assert.deepEqual(closedWindows(open, 'UTC', window), [
      { from: window.from, until: window.from + 20 * hour },
      { from: window.from + 36 * hour, until: window.until },
    ]);
    const always = weekdays.map((name) => ({ day: name, from: '00:00', until: '00:00' }));
    assert.deepEqual(closedWindows(openWeek(always), 'UTC', window), []);
  });

  it('are refused in a sentence when they overlap, over the end of the week too, or are none', () => {
    const overlapping = [
      { day: 'sunday', from: '22:00', until: '02:00' },
      { day: 'monday', from: '01:00', until: '08:00' },
    ] as const;
    assert.throws(
      () => openWeek(overlapping),
      (error: LabError) => /Sunday 22:00-02:00 and Monday 01:00-08:00 overlap/.test(error.fields.hours ?? ''),
    );
    for (const from of ['25:00', '8', '08:10', '24:00', ''])
      assert.throws(() => openWeek([{ day: 'monday', from, until: '20:00' }]), LabError, from);
    assert.throws(() => openWeek([]), LabError);
  });
});

function tryOpen(hours: readonly OpenHours[]) {
  try {
    return openWeek(hours);
  } catch {
    return null;
  }
}

/** Slow and plain: what the clock shows, against each entry, on its day and on the day after it. */
function isOpen(
  entries: readonly { weekday: string; from: number; until: number }[],
  zone: string,
  at: number,
) {
  const options = { weekday: 'long', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const parts = zoneFormat(zone, options).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const today = weekdays.indexOf(part('weekday').toLowerCase() as 'monday');
  const now = (Number(part('hour')) * 60 + Number(part('minute'))) / 15;
  return entries.some(({ weekday, from, until }) => {
    const length = until > from ? until - from : until + 96 - from;
    const since = (((today - weekdays.indexOf(weekday as 'monday') + 7) % 7) * 96 + now - from + 672) % 672;
    return since < length;
  });
}
