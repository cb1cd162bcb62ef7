import { hour, quarter } from '../../../domain/time.ts';
import { addDays, momentOf, wallClock, weekdayOf, zoneFormat } from '../../../domain/wall-clock.ts';
import type { CalendarEntry } from '../../../services/views.ts';
import { entryPath, entryTitle } from './event.ts';

export interface Week {
  /** Its Monday. */
  readonly date: string;
  readonly from: number;
  readonly until: number;
}

export interface WeekCell {
  /** That hour does not exist on that day: the clocks go forward. */
  readonly gone: boolean;
  readonly items: readonly WeekItem[];
}

interface WeekItem {
  readonly href: string;
  readonly title: string;
  readonly label: string;
  readonly kind: 'own' | 'class';
  /** It begins here, or goes on here from the day before. */
  readonly first: boolean;
}

export interface WeekGrid {
  readonly days: readonly { readonly short: string; readonly long: string; readonly today: boolean }[];
  readonly rows: readonly { readonly hour: string; readonly cells: readonly WeekCell[] }[];
}

const usualHours = { first: 8, last: 18 };

/** The week that a date lies in, Monday first, by the clocks of the zone. */
export function weekOf(date: string, zone: string): Week {
  const monday = addDays(date, 1 - weekdayOf(date));
  const until = momentOf(`${addDays(monday, 7)}T00:00`, zone);
  return { date: monday, from: momentOf(`${monday}T00:00`, zone), until };
}

/**
 * A week's entries by day and hour. Each quarter of an hour of real time is where a clock on the wall shows it: the hour that comes
 * twice has both in its cell, the one that does not come has none.
 */
export function weekGrid(
  week: Week,
  entries: readonly CalendarEntry[],
  { zone, today }: { readonly zone: string; readonly today: string },
  describe: (entry: CalendarEntry) => string,
): WeekGrid {
  const dates = Array.from({ length: 7 }, (_, days) => addDays(week.date, days));
  const quarters = quartersByHour(week, zone);
  const shown = new Set<string>();
  const cells = Array.from({ length: 24 }, (_, at) =>
    dates.map((date): WeekCell => {
      const times = quarters.get(`${date}T${twoDigits(at)}`) ?? [];
      const here = entries.filter(({ start, end }) =>
        times.some((time) => start < time + quarter && end > time),
      );
      const items = here.map((entry) => {
        const once = `${date} ${entry.uid}`;
        const first = !shown.has(once);
        shown.add(once);
        return itemOf(entry, first, describe(entry));
      });
      return { gone: times.length === 0, items };
    }),
  );
  return { days: dates.map((date) => dayOf(date, today)), rows: rowsOf(cells) };
}

function quartersByHour({ from, until }: Week, zone: string): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (let at = from; at < until; at += quarter) {
    const key = wallClock(at, zone).slice(0, 13);
    found.set(key, [...(found.get(key) ?? []), at]);
  }
  return found;
}

function itemOf(entry: CalendarEntry, first: boolean, label: string): WeekItem {
  const kind = entry.class === null ? 'own' : 'class';
  return { href: entryPath(entry), title: entryTitle(entry), label, kind, first };
}

/** The hours of a working day, and more where something is. */
function rowsOf(cells: readonly (readonly WeekCell[])[]): WeekGrid['rows'] {
  const used = cells.flatMap((row, at) => (row.some(({ items }) => items.length > 0) ? [at] : []));
  const first = Math.min(usualHours.first, ...used);
  const last = Math.max(usualHours.last, ...used);
  return cells.map((row, at) => ({ hour: `${twoDigits(at)}:00`, cells: row })).slice(first, last + 1);
}

function dayOf(date: string, today: string) {
  const noon = Date.parse(`${date}T00:00Z`) + 12 * hour;
  const name = (weekday: 'short' | 'long') => zoneFormat('UTC', { weekday, day: 'numeric' }).format(noon);
  return { short: name('short'), long: name('long'), today: date === today };
}

const twoDigits = (number: number) => String(number).padStart(2, '0');
