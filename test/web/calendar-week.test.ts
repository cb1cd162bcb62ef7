import assert from 'node:assert/strict';
import { hour, minute } from '../../src/domain/time.ts';
import { momentOf } from '../../src/domain/wall-clock.ts';
import type { CalendarEntry } from '../../src/services/views.ts';
import { calendarPage } from '../../src/web/areas/calendar/pages.ts';
import { weekGrid, weekOf } from '../../src/web/areas/calendar/week.ts';
import { makeClock } from '../../src/web/clock.ts';

const zone = 'Europe/Berlin';
const address = { madeAt: null, readAt: null, invited: true };

function entry(start: number, minutes: number): CalendarEntry {
  const reservation = { id: 7, state: 'new' } as const;
  const what = { uid: 'a@b', sequence: 0, title: 'Tiny', image: 'tiny', reservation, class: null };
  return { ...what, start, end: start + minutes * minute };
}

/** Where it stands: "Sun 28 02". */
function cellsOf(date: string, entries: readonly CalendarEntry[], inZone = zone): string[] {
  const grid = weekGrid(weekOf(date, inZone), entries, { zone: inZone, today: '' }, () => '');
  return grid.rows.flatMap(({ hour: at, cells }) =>
    cells.flatMap(({ items }, day) =>
      items.length > 0 ? [`${grid.days[day]?.short} ${at.slice(0, 2)}`] : [],
    ),
  );
}

describe('a week of a calendar', () => {
  it('begins on Monday, and has the hours of a working day and those that are used', () => {
    const start = momentOf('2027-03-24T21:45', zone);
    const week = weekOf('2027-03-28', zone);
    assert.equal(week.date, '2027-03-22');
    const grid = weekGrid(week, [entry(start, 30)], { zone, today: '2027-03-24' }, () => 'Tiny');
    assert.deepEqual(
      [grid.rows[0]?.hour, grid.rows.at(-1)?.hour, grid.days.findIndex(({ today }) => today)],
      ['08:00', '22:00', 2],
    );
    assert.deepEqual(cellsOf('2027-03-24', [entry(start, 30)]), ['Wed 24 21', 'Wed 24 22']);
    assert.deepEqual(cellsOf('2027-03-24', [entry(start, 15)]), ['Wed 24 21']);
  });

  it('leaves out the hour that summer time leaves out', () => {
    const start = momentOf('2027-03-28T01:30', zone);
    assert.deepEqual(cellsOf('2027-03-28', [entry(start, 60)]), ['Sun 28 01', 'Sun 28 03']);
    const week = weekOf('2027-03-28', zone);
    assert.equal(week.until - week.from, 167 * hour);
    const grid = weekGrid(week, [entry(start, 60)], { zone, today: '' }, () => '');
    const gone = grid.rows.flatMap(({ hour: at, cells }) =>
      cells.flatMap((cell, day) => (cell.gone ? [`${at} ${day}`] : [])),
    );
    assert.deepEqual(gone, ['02:00 6']);
  });

  it('has both hours of the night on which one comes twice in one row, and says which is meant', () => {
    const [first, second] = [Date.UTC(2027, 9, 31, 0, 15), Date.UTC(2027, 9, 31, 1, 15)];
    for (const start of [first, second])
      assert.deepEqual(cellsOf('2027-10-31', [entry(start, 30)]), ['Sun 31 02']);
    const coming = [entry(first, 30), entry(second, 30)];
    const facts = { coming, entries: coming, week: weekOf('2027-10-31', zone), address, email: null };
    const page = calendarPage(facts, makeClock(zone, Date.UTC(2027, 9, 30)));
    assert.deepEqual(
      page.days.map(({ name, lines }) => [name, ...lines.map(({ times }) => times)]),
      [['Tomorrow', '02:15 GMT+2 to 02:45 GMT+2', '02:15 GMT+1 to 02:45 GMT+1']],
    );
  });

  it('is right where the clocks move by half an hour', () => {
    // Lord Howe: at 02:00 clocks show 02:30
    const start = momentOf('2027-10-03T01:45', 'Australia/Lord_Howe');
    const zoneThere = 'Australia/Lord_Howe';
    assert.deepEqual(cellsOf('2027-10-03', [entry(start, 60)], zoneThere), [
      'Sun 3 01',
      'Sun 3 02',
      'Sun 3 03',
    ]);
  });
});
