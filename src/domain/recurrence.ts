/**
 * When a class takes place: once, on listed dates, every so many weeks or months, by the clocks on the walls of its time zone, so
 * that ten o'clock stays ten o'clock when they change.
 */
import { counted } from './counted.ts';
import { invalid, type LabError } from './errors.ts';
import { minimumMinutes } from './limits.ts';
import { minute, type Window } from './time.ts';
import { addDays, isDate, isZone, momentsOf, weekdayOf } from './wall-clock.ts';

/** From when until when by that wall, `10:00`; `00:00` ends at the midnight after. */
export interface TimeOfDay {
  readonly from: string;
  readonly until: string;
}

/** `first` and `last` are dates that the series may not lie beyond, `except` dates of it that it leaves out. */
interface Series extends TimeOfDay {
  readonly first: string;
  readonly last: string;
  readonly except?: readonly string[] | undefined;
}

/** 1 for Monday to 7 for Sunday; every so many weeks, counted from the week of the first date. */
export interface Weekly extends Series {
  readonly kind: 'weekly';
  readonly weekdays: readonly number[];
  readonly every: number;
}

/** On that day of each month, or on that weekday of it: the first (1) to the fifth, or the last (-1). Months without one have none. */
export interface Monthly extends Series {
  readonly kind: 'monthly';
  readonly on: { readonly day: number } | { readonly nth: number; readonly weekday: number };
}

export interface Listed {
  readonly kind: 'listed';
  readonly times: readonly ListedTime[];
}

export interface ListedTime extends TimeOfDay {
  readonly date: string;
}

export interface Once extends ListedTime {
  readonly kind: 'once';
}

export type Recurrence = Weekly | Monthly | Listed | Once;

/** One time that it takes place; `date` is that of its zone. */
export interface Occurrence extends Window {
  readonly date: string;
}

/** A course that is every day of the year has not so many. */
export const mostOccurrences = 400;

/**
 * Every time that it takes place, the earliest first. Throws LabError `input.invalid` that names the field: what is no date, time or
 * zone, an end before its start, a time that the clocks leave out, times that overlap, a date left out that is none of its, no
 * date at all or more than `mostOccurrences`.
 */
export function occurrencesOf(recurrence: Recurrence, zone: string): Occurrence[] {
  if (!isZone(zone)) throw invalid('timeZone', `There is no time zone "${zone.slice(0, 60)}".`);
  const times = timesOf(recurrence);
  if (times.length > mostOccurrences) throw tooMany();
  const all = times.map((time) => occurrence(time, zone)).sort((a, b) => a.from - b.from);
  const field = recurrence.kind === 'listed' ? 'times' : 'date';
  if (all.length === 0) throw invalid(field === 'times' ? field : 'last', 'There is no date in that.');
  for (const [at, one] of all.entries()) {
    const before = all[at - 1];
    if (before && before.until > one.from)
      throw invalid(field, `What begins on ${before.date} is not over when what begins on ${one.date} does.`);
  }
  return all;
}

function tooMany(): LabError {
  return invalid(
    'last',
    `That is more than ${mostOccurrences} dates: end it earlier, or ask for it in parts.`,
  );
}

function timesOf(recurrence: Recurrence): ListedTime[] {
  switch (recurrence.kind) {
    case 'once':
      return [checked(recurrence, 'date')];
    case 'listed':
      return recurrence.times.map((time) => checked(time, 'times'));
    case 'weekly':
    case 'monthly':
      return seriesOf(recurrence);
  }
}

function checked(time: ListedTime, field: string): ListedTime {
  checkDate(time.date, field);
  checkTimes(time);
  return time;
}

function checkDate(date: string, field: string): void {
  if (!isDate(date) || date > latestDate)
    throw invalid(field, `${shown(date)} is no date: write it as 2027-03-31.`);
}

function checkTimes({ from, until }: TimeOfDay): void {
  for (const [field, time] of Object.entries({ from, until }))
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time))
      throw invalid(field, `${shown(time)} is no time of day: write it as 14:30.`);
  if (until !== midnight && until <= from)
    throw invalid('until', `It ends at ${until}, before it starts at ${from}.`);
}

const midnight = '00:00';
/** The calendar's last years are left alone: dates after them are written otherwise. */
const latestDate = '9998-12-31';
const shown = (typed: string) => (typed === '' ? 'Nothing' : typed.slice(0, 30));

function seriesOf(series: Weekly | Monthly): ListedTime[] {
  const { from, until, first, last, except = [] } = series;
  checkDate(first, 'first');
  checkDate(last, 'last');
  checkTimes(series);
  if (last < first) throw invalid('last', `The last date ${last} lies before the first, ${first}.`);
  const dates = series.kind === 'weekly' ? weeklyDates(series) : monthlyDates(series);
  const left = new Set(except);
  for (const date of left) {
    checkDate(date, 'except');
    if (!dates.includes(date))
      throw invalid('except', `${date} is no date of this series: it need not be left out.`);
  }
  return dates.filter((date) => !left.has(date)).map((date) => ({ date, from, until }));
}

/** Dates as far as they may be shown: one more than there may be. */
const enough = (dates: readonly string[]) => dates.length > mostOccurrences;

function weeklyDates({ weekdays, every, first, last }: Weekly): string[] {
  const days = [...new Set(weekdays)].sort((a, b) => a - b);
  if (days.length === 0) throw invalid('weekdays', 'Choose a weekday.');
  if (days.some((one) => !isWhole(one, 1, 7)))
    throw invalid('weekdays', 'Weekdays are 1 for Monday to 7 for Sunday.');
  if (!isWhole(every, 1, 52)) throw invalid('every', 'Every so many weeks: a whole number from 1 to 52.');
  const dates: string[] = [];
  for (
    let monday = addDays(first, 1 - weekdayOf(first));
    monday <= last;
    monday = addDays(monday, 7 * every)
  ) {
    const week = days.map((one) => addDays(monday, one - 1));
    dates.push(...week.filter((date) => date >= first && date <= last));
    if (enough(dates)) throw tooMany();
  }
  return dates;
}

function monthlyDates({ on, first, last }: Monthly): string[] {
  if ('day' in on && !isWhole(on.day, 1, 31))
    throw invalid('on', 'The day of the month is a number from 1 to 31.');
  if ('nth' in on && !(isWhole(on.nth, 1, 5) || on.nth === -1))
    throw invalid('on', 'It is the first (1) to the fifth (5) of a month, or the last (-1).');
  if ('nth' in on && !isWhole(on.weekday, 1, 7))
    throw invalid('on', 'Weekdays are 1 for Monday to 7 for Sunday.');
  const dates: string[] = [];
  for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = nextMonth(month)) {
    const date =
      'day' in on ? `${month}-${String(on.day).padStart(2, '0')}` : nthOf(month, on.nth, on.weekday);
    if (isDate(date) && date >= first && date <= last) dates.push(date);
    if (enough(dates)) throw tooMany();
  }
  return dates;
}

/** Of a month such as `2027-03`; no date where it has none. */
function nthOf(month: string, nth: number, weekday: number): string {
  const firstDay = `${month}-01`;
  const first = addDays(firstDay, (weekday - weekdayOf(firstDay) + 7) % 7);
  const all = [0, 7, 14, 21, 28].map((days) => addDays(first, days)).filter((date) => date.startsWith(month));
  return all.at(nth === -1 ? -1 : nth - 1) ?? '';
}

function nextMonth(month: string): string {
  return addDays(`${month}-28`, 4).slice(0, 7);
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function occurrence({ date, from, until }: ListedTime, zone: string): Occurrence {
  const begins = momentIn(date, from, zone, 'from');
  const ends = momentIn(until === midnight ? addDays(date, 1) : date, until, zone, 'until');
  if (ends - begins < minimumMinutes * minute)
    throw invalid('until', `On ${date} it would last less than ${counted(minimumMinutes, 'minute')}.`);
  return { date, from: begins, until: ends };
}

/** The first of two, where the clocks show it twice. */
function momentIn(date: string, time: string, zone: string, field: string): number {
  const [at] = momentsOf(`${date}T${time}`, zone);
  if (at !== undefined) return at;
  throw invalid(
    field,
    `${time} on ${date} does not exist in ${zone}: the clocks go forward over it. Take another time, or leave that date out.`,
  );
}
