import { z } from 'zod';
import { invalid } from '../../../domain/errors.ts';
import type { ListedTime, Recurrence } from '../../../domain/recurrence.ts';
import type { BlockWish, DateChoice } from '../../../services/blocks.ts';
import { parse } from '../../input.ts';
import { chosen } from '../people/forms.ts';

const typed = z.string('is missing.').trim().max(20_000, 'Much too long.').default('');

/** As it is typed: which of the fields count says `kind`. */
const BlockForm = z.object({
  ...{ course: typed, image: typed, seats: typed, comment: typed, graceMinutes: typed },
  ...{ kind: typed, from: typed, until: typed, first: typed, last: typed, every: typed, except: typed },
  ...{ nth: typed, weekday: typed, day: typed, times: typed, date: typed },
  weekdays: chosen,
});
export type TypedBlock = z.output<typeof BlockForm>;

export const emptyBlock: TypedBlock = {
  ...{ course: '', image: '', seats: '', comment: '', graceMinutes: '' },
  ...{ kind: 'weekly', from: '10:00', until: '11:30', first: '', last: '', every: '1', except: '' },
  ...{ nth: '1', weekday: '1', day: '1', times: '', date: '' },
  weekdays: [],
};

export function typedBlock(body: unknown): TypedBlock {
  return parse(BlockForm, body);
}

/** Throws input.invalid naming the field. */
export function wishOf(form: TypedBlock, choices: readonly DateChoice[]): BlockWish {
  const { course, image, seats, comment, graceMinutes } = form;
  return {
    courseId: whole(course),
    image,
    seats: whole(seats),
    recurrence: recurrenceOf(form),
    comment,
    graceMinutes: graceMinutes === '' ? null : whole(graceMinutes),
    choices,
  };
}

/** What is no number is none of those that are taken. */
const whole = (text: string) => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN);

function recurrenceOf(form: TypedBlock): Recurrence {
  const { kind, from, until, first, last } = form;
  const series = { from, until, first, last, except: words(form.except) };
  if (kind === 'once') return { kind, date: form.date, from, until };
  if (kind === 'listed') return { kind, times: listed(form.times) };
  if (kind === 'monthly') {
    const on =
      form.nth === 'day' ? { day: whole(form.day) } : { nth: Number(form.nth), weekday: whole(form.weekday) };
    return { kind, ...series, on };
  }
  return { kind: 'weekly', ...series, weekdays: form.weekdays.map(whole), every: whole(form.every) };
}

const words = (text: string) => text.split(/[\s,;]+/).filter((word) => word !== '');

/** A line for each: `2027-05-03 14:00-15:30`. */
function listed(text: string): ListedTime[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, date, from, until] = /^\s*(\S+)\s+(\S+?)\s*(?:-|–|to|\s)\s*(\S+)\s*$/.exec(line) ?? [];
    if (!date || !from || !until)
      throw invalid('times', `"${line.trim().slice(0, 60)}" is no time: write it as 2027-05-03 14:00-15:30.`);
    return { date, from, until };
  });
}

/** What was chosen for single dates: fields `choice-START` with `skip`, `seats:12` or `image:debian`. */
export function choicesIn(body: unknown): DateChoice[] {
  return Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]): DateChoice[] => {
    const start = /^choice-(\d{1,15})$/.exec(name)?.[1];
    if (start === undefined || typeof value !== 'string' || value === '') return [];
    const [what, which = ''] = value.slice(0, 200).split(/:(.*)/s);
    if (what === 'skip') return [{ start: Number(start), skip: true }];
    if (what === 'seats') return [{ start: Number(start), seats: whole(which) }];
    return what === 'image' ? [{ start: Number(start), image: which }] : [];
  });
}

/** A block as it would be typed. */
export function asTyped(wish: BlockWish): TypedBlock {
  const { recurrence: is } = wish;
  const base = {
    ...emptyBlock,
    ...{
      course: String(wish.courseId),
      image: wish.image,
      seats: String(wish.seats),
      comment: wish.comment ?? '',
    },
    ...{ graceMinutes: wish.graceMinutes ? String(wish.graceMinutes) : '', kind: is.kind },
  };
  if (is.kind === 'listed')
    return { ...base, times: is.times.map(({ date, from, until }) => `${date} ${from}-${until}`).join('\n') };
  if (is.kind === 'once') return { ...base, date: is.date, from: is.from, until: is.until };
  const { from, until, first, last, except = [] } = is;
  const series = { ...base, from, until, first, last, except: except.join(' ') };
  if (is.kind === 'weekly') return { ...series, weekdays: is.weekdays.map(String), every: String(is.every) };
  return 'day' in is.on
    ? { ...series, nth: 'day', day: String(is.on.day) }
    : { ...series, nth: String(is.on.nth), weekday: String(is.on.weekday) };
}
