import { counted } from '../../../domain/counted.ts';
import { addDays, momentsOf, wallClock, zoneFormat } from '../../../domain/wall-clock.ts';
import type { ImageView, TimeSlot, TimesView, Verdict } from '../../../services/views.ts';
import { lengthOf } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import type { Typed } from './forms.ts';

export interface FindATimePage {
  readonly images: readonly { readonly name: string; readonly title: string; readonly chosen: boolean }[];
  readonly typed: Typed;
  readonly message: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly zoneName: string;
  readonly found: FoundTimes | null;
}

interface FoundTimes {
  /** "2 machines with Tiny for 1 h". */
  readonly what: string;
  readonly machines: number;
  readonly moments: readonly MomentLine[];
  readonly earliest: readonly TimeLink[];
  readonly most: (TimeLink & { readonly free: number }) | null;
  readonly days: readonly { readonly short: string; readonly long: string }[];
  readonly rows: readonly { readonly hour: string; readonly cells: readonly TimeCell[] }[];
  readonly before: string | null;
  readonly after: string;
}

/** A moment that is asked about by itself; null is now. */
export interface Moment {
  readonly start: number | null;
  readonly verdict: Verdict;
}

interface MomentLine {
  /** Null: now. */
  readonly when: When | null;
  readonly says: string;
  /** Null where it cannot be had then. */
  readonly href: string | null;
}

interface TimeLink {
  readonly when: When;
  readonly href: string;
}

export interface TimeCell {
  /** What stands in it. */
  readonly text: string;
  /** What it says to who does not see where it stands: "Mon 23 Nov 10:00: 3 of 4 machines". */
  readonly label: string;
  /** From 0, too few, to 4, all of them; null where one may not begin. */
  readonly level: number | null;
  readonly href: string | null;
}

const daysShown = 7;

/** The hours of a week from this date on, on the clocks of the zone; null for the one that summer time leaves out. */
export function hoursFrom(date: string, zone: string): (number | null)[][] {
  return Array.from({ length: 24 }, (_, hour) =>
    Array.from({ length: daysShown }, (_, days) => {
      const local = `${addDays(date, days)}T${String(hour).padStart(2, '0')}:00`;
      return momentsOf(local, zone)[0] ?? null;
    }),
  );
}

export interface FindFacts {
  readonly images: readonly ImageView[];
  readonly typed: Typed;
  readonly message: string | null;
  readonly fields: Readonly<Record<string, string>>;
  readonly times: TimesView | null;
  readonly hours: readonly (readonly (number | null)[])[];
  readonly moments: readonly Moment[];
}

export function findATimePage(facts: FindFacts, clock: Clock): FindATimePage {
  const { images, typed, message, fields, times } = facts;
  return {
    images: images.map(({ name, title }) => ({ name, title, chosen: name === typed.image })),
    ...{ typed, message, fields, zoneName: clock.zoneName },
    found: times === null ? null : foundTimes(times, typed, facts, clock),
  };
}

function foundTimes(
  times: TimesView,
  typed: Typed,
  { hours, moments }: Pick<FindFacts, 'hours' | 'moments'>,
  clock: Clock,
): FoundTimes {
  const link = (start: number): TimeLink => ({ when: clock.when(start), href: hrefOf(start, times, clock) });
  const slots = new Map(times.slots.map((slot) => [slot.start, slot]));
  const open = times.slots.filter(({ why, free }) => why === null && free >= times.count);
  const best = open.reduce<TimeSlot | null>((most, one) => (one.free > (most?.free ?? 0) ? one : most), null);
  const today = wallClock(clock.now, clock.zone).slice(0, 10);
  const dates = Array.from({ length: daysShown }, (_, days) => addDays(typed.from, days));
  const earlier = addDays(typed.from, -daysShown);
  return {
    what: `${times.count === 1 ? 'A machine' : counted(times.count, 'machine')} with ${times.title} for ${lengthOf(times.minutes)}`,
    machines: times.machines,
    moments: moments.map((moment) => momentLine(moment, times, clock)),
    earliest: times.earliest.map(link),
    most: best && { ...link(best.start), free: best.free },
    days: dates.map(dayNames),
    rows: hours.map((cells, hour) => ({
      hour: `${String(hour).padStart(2, '0')}:00`,
      cells: cells.map((start) => cellOf(start === null ? undefined : slots.get(start), times, clock)),
    })),
    before: typed.from <= today ? null : pageHref(typed, [earlier, today].toSorted().at(-1) ?? today),
    after: pageHref(typed, addDays(typed.from, daysShown)),
  };
}

function momentLine({ start, verdict }: Moment, times: TimesView, clock: Clock): MomentLine {
  const { possible, text, free, machines } = verdict;
  const many = free === null ? '' : ` ${free} of ${machines} machines are free for all of that time.`;
  return {
    when: start === null || Number.isNaN(start) ? null : clock.when(start),
    says: `${text}${many}`,
    href: possible ? hrefOf(start, times, clock) : null,
  };
}

function dayNames(date: string) {
  const noon = Date.parse(`${date}T12:00Z`);
  const name = (weekday: 'short' | 'long') => zoneFormat('UTC', { weekday, day: 'numeric' }).format(noon);
  return { short: name('short'), long: name('long') };
}

const whyNot = { past: 'over', far: 'too far ahead', limit: 'you have others then' } as const;

function cellOf(slot: TimeSlot | undefined, times: TimesView, clock: Clock): TimeCell {
  if (slot === undefined) return { text: '', label: 'This hour does not exist', level: null, href: null };
  const { start, free, why } = slot;
  const at = clock.when(start).text;
  if (why !== null)
    return { text: why === 'limit' ? '×' : '', label: `${at}: ${whyNot[why]}`, level: null, href: null };
  const label = `${at}: ${free === 0 ? 'none' : `${free} of ${times.machines}`} free`;
  if (free < times.count) return { text: String(free), label, level: 0, href: null };
  const level = Math.max(1, Math.ceil((4 * free) / Math.max(1, times.machines)));
  return { text: String(free), label, level, href: hrefOf(start, times, clock) };
}

/** The reserve form, filled in; null is now. */
function hrefOf(start: number | null, { image, minutes }: TimesView, clock: Clock): string {
  const at = start === null ? {} : { when: 'at', start: clock.localInput(start) };
  const asked = { image, ...at, minutes: String(minutes) };
  return `/reserve?${new URLSearchParams(asked).toString()}`;
}

function pageHref({ image, minutes, count, at }: Typed, from: string): string {
  const asked = { image, minutes, count, from, ...(at === '' ? {} : { at }) };
  return `/find-a-time?${new URLSearchParams(asked).toString()}`;
}
