import { z } from 'zod';
import type { FieldErrors } from '../../../domain/errors.ts';
import { minute } from '../../../domain/time.ts';
import { momentOf, momentsOf } from '../../../domain/wall-clock.ts';
import type { Clock } from '../../clock.ts';
import { bookedMinutesField } from '../../fields.ts';

const notATime = 'must be a date and a time.';

/** The form but its times, which `timesIn` makes out. An alternative's button sends `startAt`, in milliseconds. */
export const ReserveForm = z.object({
  image: z
    .string('Please choose an environment.')
    .min(1, 'Please choose an environment.')
    .max(200, 'At most 200 characters.'),
  imaging: z.literal('1').optional().catch(undefined),
  open: z.literal('terminal').optional().catch(undefined),
  once: z.string().max(100).optional(),
});

export const WaitForm = ReserveForm.pick({ image: true }).extend({
  minutes: bookedMinutesField,
  askFirst: z.literal('1').optional().catch(undefined),
});

/** What was typed, as it was typed: for showing the form again and for the verdict beside it. */
export interface Typed {
  readonly image: string;
  readonly when: 'now' | 'at';
  readonly start: string;
  /** Instead of both, from a button. */
  readonly startAt: string;
  /** By a length or by an end. */
  readonly ends: 'after' | 'at';
  readonly minutes: string;
  readonly end: string;
  /** To make an image of it. */
  readonly imaging: boolean;
}

export function typedIn(source: unknown, defaults: Typed): Typed {
  const from = (source ?? {}) as Record<string, unknown>;
  const text = (name: 'image' | 'minutes' | 'when' | 'start' | 'startAt' | 'ends' | 'end') => {
    const value = from[name];
    return typeof value === 'string' ? value.slice(0, 200) : defaults[name];
  };
  return {
    image: text('image'),
    when: text('when') === 'at' ? 'at' : 'now',
    start: text('start'),
    startAt: text('startAt'),
    ends: text('ends') === 'at' ? 'at' : 'after',
    minutes: text('minutes'),
    end: text('end'),
    imaging: from.imaging === '1',
  };
}

export const nothingTyped: Typed = {
  ...{ image: '', when: 'now', start: '', startAt: '', ends: 'after', minutes: '', end: '' },
  imaging: false,
};

/** From when and for how long; what is wrong with a field is said of it, and the number is then not one. */
export interface Times {
  /** Absent: now. */
  readonly start: number | undefined;
  readonly minutes: number;
  readonly fields: FieldErrors;
}

export function timesIn(typed: Typed, clock: Clock): Times {
  const fields: Record<string, string> = {};
  const start = startIn(typed, clock, fields);
  const minutes = typed.ends === 'at' ? minutesUntil(typed, start, clock, fields) : lengthIn(typed, fields);
  return { start, minutes, fields };
}

function startIn(typed: Typed, { zone }: Clock, fields: Record<string, string>): number | undefined {
  if (typed.startAt !== '') {
    if (!/^\d{1,15}$/.test(typed.startAt)) fields.start = notATime;
    return Number(typed.startAt);
  }
  if (typed.when === 'now') return undefined;
  const [start] = moments('start', typed.start, zone, fields);
  return start ?? Number.NaN;
}

function minutesUntil(
  typed: Typed,
  start: number | undefined,
  { zone, now }: Clock,
  fields: Record<string, string>,
): number {
  const ends = moments('end', typed.end, zone, fields);
  const from = start ?? now;
  // in the hour that comes twice: the one that is later than the start
  const end = ends.find((one) => one > from) ?? ends[0] ?? Number.NaN;
  const minutes = Math.round((end - from) / minute);
  if (minutes <= 0) fields.end = 'must be later than the start.';
  else if (minutes < 15) fields.end = 'must be at least 15 minutes after the start.';
  return minutes;
}

/** The moments of a local time, none of which there may be in the night that summer time begins. */
function moments(
  name: 'start' | 'end',
  typed: string,
  zone: string,
  fields: Record<string, string>,
): number[] {
  const found = momentsOf(typed, zone);
  if (found.length === 0)
    fields[name] = Number.isNaN(momentOf(typed, zone))
      ? notATime
      : `does not exist: the clocks go forward over ${typed.slice(11, 16)} that night.`;
  return found;
}

function lengthIn({ minutes }: Typed, fields: Record<string, string>): number {
  const parsed = bookedMinutesField.safeParse(minutes);
  if (parsed.success) return parsed.data;
  fields.minutes = parsed.error.issues[0]?.message ?? '';
  return Number.NaN;
}

const names: Readonly<Record<string, string>> = { start: 'The start', end: 'The end', minutes: 'The length' };

/** "The end must be later than the start." */
export function sentenceOf(fields: FieldErrors): string {
  const [field = '', sentence = ''] = Object.entries(fields)[0] ?? [];
  return /^[a-z]/.test(sentence) ? `${names[field] ?? field} ${sentence}` : sentence;
}
