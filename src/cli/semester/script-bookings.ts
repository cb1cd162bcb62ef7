import { ceilQuarter, day, hour } from '../../domain/time.ts';
import { addDays, momentOf, weekdayOf } from '../../domain/wall-clock.ts';
import { type BookEvent, type SemesterSize, type Term, timeZone } from './script-parts.ts';

/** How much of a day's use falls into each hour of it, from midnight on: little before eight, most in the evening. */
const byHour = [3, 2, 1, 0.5, 0.5, 0.5, 1, 2, 4, 6, 7, 7, 6, 7, 8, 8, 8, 7, 7, 8, 9, 9, 8, 5];
/** Monday to Sunday. */
const byWeekday = [1, 1.1, 1.1, 1, 0.7, 0.4, 0.8];
/** So much of an image's use is homework in its own hours of the week. */
const homework = 0.5;
const lengths = [60, 90, 120, 120, 180, 240] as const;

interface Moment {
  readonly weekday: number;
  readonly hour: number;
}

/** What students take by themselves: in the hours of the day, and in those that their courses' homework has. */
export function bookingsOf(size: SemesterSize, term: Term, draw: () => number): BookEvent[] {
  const busy = Array.from({ length: size.images }, () => Array.from({ length: 3 }, () => ordinary(draw)));
  const count = Math.round(size.students * size.perWeek * size.weeks);
  return Array.from({ length: count }, () => {
    const image = imageOf(size.images, draw);
    const own = busy[image] ?? [];
    const when =
      draw() < homework ? (own[Math.floor(draw() * own.length)] ?? ordinary(draw)) : ordinary(draw);
    const at = momentIn(term, Math.floor(draw() * size.weeks), when) + Math.floor(draw() * hour);
    return booking(size, image, Math.max(at, term.begins + hour), draw);
  });
}

function booking(size: SemesterSize, image: number, at: number, draw: () => number): BookEvent {
  const minutes = lengths[Math.floor(draw() * lengths.length)] ?? 60;
  const ahead = draw() < 0.1 ? ceilQuarter(at + hour + draw() * 2 * day) : null;
  const leaves = draw() < 0.7 ? Math.max(5, Math.round(minutes * draw())) : null;
  return {
    ...{ kind: 'book', at, image, minutes, start: ahead, leaves },
    student: Math.floor(draw() * size.students),
    waits: draw() < 0.7,
    comes: draw() < 0.95,
    extends: leaves === null && draw() < 0.3 ? 60 : null,
  };
}

/** The first are wanted most: the k-th by one in k. */
function imageOf(images: number, draw: () => number): number {
  const weights = Array.from({ length: images }, (_, index) => 1 / (index + 1));
  return drawOf(weights, draw);
}

function ordinary(draw: () => number): Moment {
  return { weekday: drawOf(byWeekday, draw) + 1, hour: drawOf(byHour, draw) };
}

function drawOf(weights: readonly number[], draw: () => number): number {
  let left = draw() * weights.reduce((sum, each) => sum + each, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found === -1 ? weights.length - 1 : found;
}

const moments = new Map<string, number>();

/** The hour of that weekday of that week, by the clock on the wall; an hour that does not exist is the one after it. */
function momentIn({ firstDate }: Term, week: number, { weekday, hour: ofDay }: Moment): number {
  const date = addDays(firstDate, 7 * week + weekday - weekdayOf(firstDate));
  const text = `${date}T${String(ofDay).padStart(2, '0')}:00`;
  const known = moments.get(text) ?? momentOf(text, timeZone);
  moments.set(text, known);
  return Number.isNaN(known) ? momentOf(`${date}T00:00`, timeZone) + ofDay * hour : known;
}
