/** Hours that people of a course have for its term. */
import { may, type Person, type Resource } from './may.ts';
import { minute, type Window } from './time.ts';
import { addDays, momentOf } from './wall-clock.ts';

export const mostBudgetHours = 10_000;

/** A term as moments: its first day begins, and its last one ends, where the course is. */
export function termWindow(from: string, until: string, timeZone: string): Window {
  return {
    from: momentOf(`${from}T00:00`, timeZone),
    until: momentOf(`${addDays(until, 1)}T00:00`, timeZone),
  };
}

/**
 * The courses of which somebody has an environment, of those with a budget: it costs hours of one of them. None: it costs nothing, since
 * they have it without a course, or teach that.
 */
export function payingCourses(person: Person, image: Resource, budgeted: readonly number[]): number[] {
  const { visibility, groupIds = [] } = image;
  if (visibility !== 'groups') return [];
  const others = groupIds.filter((id) => !budgeted.includes(id) || person.courseIds?.includes(id));
  if (may(person, 'image.read', { ...image, groupIds: others })) return [];
  return groupIds.filter((id) => budgeted.includes(id) && person.groupIds?.includes(id));
}

/** A reservation as its course counts it. Times are epoch milliseconds. */
export interface Spent {
  readonly live: boolean;
  readonly minutes: number;
  readonly start: number;
  readonly end: number;
  readonly readyAt: number | null;
  readonly endedAt: number | null;
  /** Until then it was a seat of a class, which costs nothing. */
  readonly freeUntil: number | null;
}

/** Minutes that it costs: what is booked while it is live, then what was had of it. */
export function spentMinutes({ live, minutes, start, end, readyAt, endedAt, freeUntil }: Spent): number {
  if (live && freeUntil === null) return minutes;
  if (!live && readyAt === null) return 0;
  const from = Math.max(start, readyAt ?? 0, freeUntil ?? 0);
  const until = live || endedAt === null ? end : Math.min(end, endedAt);
  return Math.max(0, Math.ceil((until - from) / minute));
}
