import { addDays, momentsOf, wallClock, zoneFormat } from '../../../domain/wall-clock.ts';
import type { CalendarAddressView, CalendarEntry } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { reservationStateWord, type StateWord } from '../reservations/state-words.ts';
import { entryPath, entryTitle } from './event.ts';
import { type Week, type WeekGrid, weekGrid } from './week.ts';

export interface CalendarPage {
  readonly zoneName: string;
  readonly days: readonly { readonly name: string; readonly lines: readonly CalendarLine[] }[];
  /** There is more than the list shows. */
  readonly more: boolean;
  readonly week: WeekGrid & {
    readonly title: string;
    readonly before: string;
    readonly after: string;
    readonly isThis: boolean;
  };
  readonly address: { readonly made: When | null; readonly read: When | null };
  readonly invited: boolean;
  readonly email: string | null;
}

interface CalendarLine {
  readonly title: string;
  readonly href: string;
  /** "09:00 to 10:30". */
  readonly times: string;
  readonly start: string;
  readonly state: StateWord;
  readonly note: string | null;
}

export interface NewAddressPage {
  readonly address: string;
  readonly webcal: string;
}

export interface CalendarFacts {
  readonly coming: readonly CalendarEntry[];
  readonly week: Week;
  readonly entries: readonly CalendarEntry[];
  readonly address: CalendarAddressView;
  readonly email: string | null;
}

const mostListed = 60;

export function calendarPage(facts: CalendarFacts, clock: Clock): CalendarPage {
  const { coming, week, entries, address, email } = facts;
  const today = dateOf(clock.now, clock);
  const inWeek = { zone: clock.zone, today };
  const name = (date: string) =>
    zoneFormat('UTC', { day: 'numeric', month: 'short' }).format(Date.parse(date));
  return {
    zoneName: clock.zoneName,
    days: daysOf(coming.slice(0, mostListed), clock),
    more: coming.length > mostListed,
    week: {
      ...weekGrid(week, entries, inWeek, (entry) => `${entryTitle(entry)}, ${spanOf(entry, clock, true)}`),
      title: `${name(week.date)} to ${name(addDays(week.date, 6))}`,
      before: weekPath(addDays(week.date, -7)),
      after: weekPath(addDays(week.date, 7)),
      isThis: week.from <= clock.now && clock.now < week.until,
    },
    address: {
      made: address.madeAt === null ? null : clock.when(address.madeAt),
      read: address.readAt === null ? null : clock.when(address.readAt),
    },
    invited: address.invited,
    email,
  };
}

const weekPath = (date: string) => `/calendar?week=${date}#week`;

function daysOf(entries: readonly CalendarEntry[], clock: Clock): CalendarPage['days'] {
  const days = new Map<string, CalendarLine[]>();
  for (const entry of entries) {
    const name = dayName(entry, clock);
    days.set(name, [...(days.get(name) ?? []), lineOf(entry, clock)]);
  }
  return [...days].map(([name, lines]) => ({ name, lines }));
}

function dayName({ start }: CalendarEntry, clock: Clock): string {
  if (start <= clock.now) return 'Now';
  const today = dateOf(clock.now, clock);
  const date = dateOf(start, clock);
  if (date === today) return 'Today';
  if (date === addDays(today, 1)) return 'Tomorrow';
  const year = date.slice(0, 4) === today.slice(0, 4) ? {} : ({ year: 'numeric' } as const);
  const how = { weekday: 'long', day: 'numeric', month: 'long', ...year } as const;
  return zoneFormat('UTC', how).format(Date.parse(date)).replace(',', '');
}

function lineOf(entry: CalendarEntry, clock: Clock): CalendarLine {
  return {
    title: entryTitle(entry),
    href: entryPath(entry),
    times: spanOf(entry, clock, entry.start <= clock.now),
    start: new Date(entry.start).toISOString(),
    state: stateOf(entry, clock.now),
    note: noteOf(entry),
  };
}

function stateOf({ reservation, start, class: seats }: CalendarEntry, now: number): StateWord {
  if (reservation !== null) return reservationStateWord({ ...reservation, start, endedAt: null }, now);
  return seats?.teaches
    ? { word: 'You teach', tone: 'booked', icon: 'user' }
    : { word: 'Class', tone: 'booked', icon: 'user' };
}

function noteOf({ class: seats }: CalendarEntry): string | null {
  if (seats === null) return null;
  const count = seats.seats === 1 ? '1 seat is held' : `${seats.seats} seats are held`;
  return `${count} for ${seats.teaches ? 'your class' : 'the class'}.`;
}

/** "09:00 to 10:30"; with days where it does not end on the day it begins, or where no day stands above it. */
function spanOf({ start, end }: CalendarEntry, clock: Clock, withDay: boolean): string {
  const sameDay = dateOf(start, clock) === dateOf(end, clock);
  const from = withDay ? dayAndTime(start, clock) : timeOf(start, clock);
  return `${from} to ${sameDay ? timeOf(end, clock) : dayAndTime(end, clock)}`;
}

function dayAndTime(at: number, clock: Clock): string {
  return `${clock.when(at).text}${offsetOf(at, clock)}`;
}

function timeOf(at: number, clock: Clock): string {
  return `${wallClock(at, clock.zone).slice(11, 16)}${offsetOf(at, clock)}`;
}

/** In the hour that comes twice, which of the two: " GMT+1". */
function offsetOf(at: number, { zone }: Clock): string {
  if (momentsOf(wallClock(at, zone), zone).length < 2) return '';
  const parts = zoneFormat(zone, { timeZoneName: 'shortOffset' }).formatToParts(at);
  return ` ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''}`;
}

function dateOf(at: number, { zone }: Clock): string {
  return wallClock(at, zone).slice(0, 10);
}
