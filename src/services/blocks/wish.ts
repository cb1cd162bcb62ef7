import type { CourseRow } from '../../../db/queries/courses.ts';
import { mostGrace, mostSeats } from '../../domain/blocks.ts';
import { counted } from '../../domain/counted.ts';
import { invalid } from '../../domain/errors.ts';
import { horizonDays } from '../../domain/limits.ts';
import { occurrencesOf } from '../../domain/recurrence.ts';
import { day } from '../../domain/time.ts';
import type { BlockWish } from '../blocks.ts';

/** One date as it is wished. */
export interface WishedDate {
  readonly date: string;
  readonly start: number;
  readonly end: number;
  readonly seats: number;
  /** The environment's name. */
  readonly image: string;
  readonly skipped: boolean;
}

const mostComment = 500;

/**
 * The dates of a wish, within the term and not too far ahead. Those that have begun are refused, or of a change (`isChange`) left
 * out. Throws LabError that names the field.
 */
export function wishedDates(
  course: CourseRow,
  wish: BlockWish,
  now: number,
  isChange: boolean,
): WishedDate[] {
  checkFacts(wish);
  const all = occurrencesOf(wish.recurrence, course.time_zone);
  const beyond = all.find(({ date }) => date < course.term_from || date > course.term_until);
  if (beyond && !(isChange && beyond.from <= now))
    throw invalid(
      'recurrence',
      `${beyond.date} lies outside the term of the course, ${course.term_from} to ${course.term_until}.`,
    );
  const past = all.find(({ from }) => from <= now);
  if (past && !isChange) throw invalid('recurrence', `${past.date} is over already: begin later.`);
  const far = all.find(({ until }) => until > now + horizonDays * day);
  if (far) throw invalid('recurrence', `${far.date} lies more than ${horizonDays} days ahead.`);
  const coming = all.filter(({ from }) => from > now);
  const choices = new Map((wish.choices ?? []).map((choice) => [choice.start, choice]));
  for (const { start } of choices.values())
    if (!all.some(({ from }) => from === start)) throw invalid('choices', 'That is none of its dates.');
  return coming.map(({ date, from, until }) => {
    const { skip = false, seats = wish.seats, image = wish.image } = choices.get(from) ?? {};
    checkSeats(seats, 'choices');
    return { date, start: from, end: until, seats, image, skipped: skip };
  });
}

function checkFacts({ seats, comment = '', graceMinutes = null }: BlockWish): void {
  checkSeats(seats, 'seats');
  if (comment.length > mostComment) throw invalid('comment', `At most ${mostComment} characters.`);
  if (
    graceMinutes !== null &&
    !(Number.isInteger(graceMinutes) && graceMinutes >= 1 && graceMinutes <= mostGrace)
  )
    throw invalid('graceMinutes', `A whole number from 1 to ${mostGrace} minutes, or nothing: they stay.`);
}

export function checkSeats(seats: number, field: string): void {
  if (!Number.isInteger(seats) || seats < 1 || seats > mostSeats)
    throw invalid(field, `A whole number of seats, from 1 to ${mostSeats}.`);
}

/** Seats that no machine of ours could ever be are refused at once. */
export function refuseBeyond(seats: number, machines: number): void {
  if (seats <= machines) return;
  const sentence =
    machines === 0
      ? 'There is no machine that can run this environment.'
      : `There ${machines === 1 ? 'is' : 'are'} ${counted(machines, 'machine')} that can run it: at most ${counted(machines, 'seat')}.`;
  throw invalid('seats', sentence);
}
