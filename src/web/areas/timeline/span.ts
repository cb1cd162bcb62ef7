/** The time that a timeline shows, and its marks, in a person's zone. */
import { floorQuarter, hour, minute, quarter, type Window } from '../../../domain/time.ts';
import { addDays, isDate, momentOf, momentsOf, weekdayOf, zoneFormat } from '../../../domain/wall-clock.ts';
import type { Clock } from '../../clock.ts';

export const spanNames = ['hour', 'six-hours', 'day', 'week', 'month'] as const;
export type SpanName = (typeof spanNames)[number];
export const spanTitles: Readonly<Record<SpanName, string>> = {
  hour: 'Hour',
  'six-hours': '6 hours',
  day: 'Day',
  week: 'Week',
  month: 'Month',
};
const usual: SpanName = 'week';

/** Whole days by the calendar, so that they are as long as the clocks make them; the others by the clock's hands. */
const days: Partial<Readonly<Record<SpanName, number>>> = { day: 1, week: 7, month: 30 };
const hours: Partial<Readonly<Record<SpanName, number>>> = { hour: 1, 'six-hours': 6 };

export interface Span extends Window {
  readonly name: SpanName;
  /** "Sun 22 Nov 2026 to Sat 28 Nov 2026", in the person's zone. */
  readonly title: string;
  /** What `from` is in an address: of the span itself, of the one before it and of the one after. */
  readonly here: string;
  readonly before: string;
  readonly next: string;
  readonly marks: readonly Mark[];
}

/** A line across the timeline. */
export interface Mark {
  readonly at: number;
  /** Null: none, there is no room for it. */
  readonly label: string | null;
  /** A day begins. */
  readonly strong: boolean;
}

/** What an address asks for; what it does not say, or cannot mean, is the week that begins today. */
export function spanOf(name: string, from: string, clock: Clock): Span {
  const known = spanNames.find((one) => one === name) ?? usual;
  const at = momentIn(from, clock);
  const length = days[known];
  return length === undefined ? ofHours(known, at, clock) : ofDays(known, length, at, clock);
}

/** As a filter says it: empty for the usual one. */
export function spanWord(name: SpanName): string {
  return name === usual ? '' : name;
}

const furthest = 10 * 366 * 24 * hour;

/** A moment (`2026-11-22T15:00Z`), or a date or a time by the person's clock. */
function momentIn(typed: string, clock: Clock): number {
  const local = isDate(typed) ? `${typed}T00:00` : typed;
  const at = typed.endsWith('Z') ? Date.parse(typed) : momentOf(local, clock.zone);
  return Math.abs(at - clock.now) <= furthest ? at : clock.now;
}

function ofDays(name: SpanName, length: number, at: number, clock: Clock): Span {
  const date = clock.localInput(at).slice(0, 10);
  const startOf = (after: number) => momentOf(`${addDays(date, after)}T00:00`, clock.zone);
  const last = addDays(date, length - 1);
  return {
    ...{ name, from: startOf(0), until: startOf(length) },
    title: length === 1 ? dateText(date) : `${dateText(date)} to ${dateText(last)}`,
    ...{ here: date, before: addDays(date, -length), next: addDays(date, length) },
    marks: length === 1 ? hourMarks(date, clock.zone) : dayMarks(date, length, clock.zone),
  };
}

function dateText(date: string): string {
  const format = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const;
  return zoneFormat('UTC', format)
    .format(Date.parse(`${date}T00:00Z`))
    .replace(',', '');
}

function hourMarks(date: string, zone: string): Mark[] {
  return Array.from({ length: 24 }, (_, at) => String(at).padStart(2, '0')).flatMap((at, index) =>
    momentsOf(`${date}T${at}:00`, zone).map((moment) => ({
      ...{ at: moment, strong: index % 6 === 0, label: index % 2 === 0 ? `${at}:00` : null },
    })),
  );
}

/** Every day of a week has its name; of a month, Mondays, and the first where the next Monday leaves room. */
function dayMarks(first: string, length: number, zone: string): Mark[] {
  const name = zoneFormat('UTC', { weekday: 'short', day: 'numeric' });
  return Array.from({ length }, (_, after): Mark => {
    const date = addDays(first, after);
    const weekday = weekdayOf(date);
    const named = length <= 7 || (weekday === 1 ? after < length - 1 : after === 0 && weekday < 6);
    const label = named ? name.format(Date.parse(`${date}T00:00Z`)) : null;
    return { at: momentOf(`${date}T00:00`, zone), label, strong: length <= 7 || weekday === 1 };
  });
}

function ofHours(name: SpanName, at: number, clock: Clock): Span {
  const length = (hours[name] ?? 1) * hour;
  const from = floorQuarter(at);
  const step = length === hour ? 5 * minute : 2 * quarter;
  const labelled = length === hour ? quarter : hour;
  const ofDay = zoneFormat(clock.zone, { hour: '2-digit', minute: '2-digit' });
  const word = (moment: number) => `${new Date(moment).toISOString().slice(0, 16)}Z`;
  return {
    ...{ name, from, until: from + length },
    title: `${dateText(clock.localInput(from).slice(0, 10))}, ${ofDay.format(from)} to ${ofDay.format(from + length)}`,
    ...{ here: word(from), before: word(from - length), next: word(from + length) },
    marks: Array.from({ length: length / step }, (_, index): Mark => {
      const mark = from + index * step;
      const shown = (mark - from) % labelled === 0;
      return { at: mark, label: shown ? ofDay.format(mark) : null, strong: shown };
    }),
  };
}
