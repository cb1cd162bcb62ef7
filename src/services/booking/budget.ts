/** Hours of a course: what an environment costs its person, and what they have left. */
import { type BudgetRow, budgetRows, type SpentRow, spentRows } from '../../../db/queries/budgets.ts';
import type { Reader } from '../../../db/transaction.ts';
import { payingCourses, spentMinutes, termWindow } from '../../domain/budgets.ts';
import { LabError } from '../../domain/errors.ts';
import { minimumMinutes } from '../../domain/limits.ts';
import type { Resource } from '../../domain/may.ts';
import { inWords, minute } from '../../domain/time.ts';
import type { BudgetView, SignedIn } from '../views.ts';

/** A budget of somebody, and the minutes that it would be charged with. */
export interface Spending extends BudgetView {
  readonly minutes: number;
}

/** A person's courses that have budgets, and of those whose term it is what is left. */
export interface Budgets {
  readonly courseIds: readonly number[];
  readonly views: readonly BudgetView[];
}

/** Of these groups. The reservation `except` does not count. */
export async function budgetsIn(
  reader: Reader,
  me: SignedIn,
  groupIds: readonly number[],
  at: number,
  except: number | null = null,
): Promise<Budgets> {
  const rows = await budgetRows(reader, groupIds);
  return {
    courseIds: rows.map((row) => row.group_id),
    views: await viewsAt(reader, me, rows, at, except),
  };
}

/** The budgets that somebody has, by course; who teaches it has none. */
export async function ownBudgets(reader: Reader, me: SignedIn): Promise<readonly BudgetView[]> {
  const groups = (me.groupIds ?? []).filter((id) => !me.courseIds?.includes(id));
  return (await budgetsIn(reader, me, groups, reader.now)).views;
}

/**
 * What an environment costs: of the courses through which its person has it, the one with most left. Null where it costs nothing:
 * they have it without a course, or of a course whose term it is not.
 */
export function payerOf(me: SignedIn, image: Resource, { courseIds, views }: Budgets): BudgetView | null {
  const paying = payingCourses(me, image, courseIds);
  const able = views.filter(({ course }) => paying.includes(course.id));
  if (able.length < paying.length) return null;
  return able.toSorted((a, b) => b.leftMinutes - a.leftMinutes)[0] ?? null;
}

/** What a booking costs; null: nothing. */
export async function spendingOf(
  reader: Reader,
  me: SignedIn,
  image: Resource,
  { start, minutes }: { readonly start: number; readonly minutes: number },
  except: number | null = null,
): Promise<Spending | null> {
  if (image.visibility !== 'groups') return null;
  const shared = (me.groupIds ?? []).filter((id) => image.groupIds?.includes(id));
  const payer = payerOf(me, image, await budgetsIn(reader, me, shared, start, except));
  return payer && { ...payer, minutes };
}

/** What is left of the budget that a reservation is taken from. */
export async function budgetOf(
  reader: Reader,
  me: SignedIn,
  courseId: number,
  start: number,
): Promise<BudgetView | null> {
  return (await budgetsIn(reader, me, [courseId], start)).views[0] ?? null;
}

async function viewsAt(
  reader: Reader,
  me: SignedIn,
  rows: readonly BudgetRow[],
  at: number,
  except: number | null = null,
): Promise<BudgetView[]> {
  const views: BudgetView[] = [];
  for (const row of rows) {
    const term = termWindow(row.term_from, row.term_until, row.time_zone);
    if (at < term.from || at >= term.until) continue;
    const spent = (await spentRows(reader, row.group_id, term, me.id)).filter(({ id }) => id !== except);
    const spentInAll = spent.reduce((sum, one) => sum + minutesOf(one), 0);
    views.push({
      course: { id: row.group_id, name: row.name },
      ...{ hours: row.budget_hours, spentMinutes: spentInAll, until: row.term_until },
      leftMinutes: Math.max(0, row.budget_hours * 60 - spentInAll),
    });
  }
  return views;
}

function minutesOf(row: SpentRow): number {
  const numberOf = (value: number | null) => (value === null ? null : Number(value));
  return spentMinutes({
    ...{ live: row.live === 1, minutes: row.minutes, start: Number(row.start_at), end: Number(row.end_at) },
    ...{ readyAt: numberOf(row.ready_at), endedAt: numberOf(row.ended_at) },
    freeUntil: numberOf(row.budget_free_until),
  });
}

/** Minutes that each person of a course has spent within its term, by person. */
export async function spentOfCourse(
  reader: Reader,
  row: Pick<BudgetRow, 'group_id' | 'term_from' | 'term_until' | 'time_zone'>,
): Promise<ReadonlyMap<number, number>> {
  const sums = new Map<number, number>();
  const term = termWindow(row.term_from, row.term_until, row.time_zone);
  for (const one of await spentRows(reader, row.group_id, term))
    sums.set(one.user_id, (sums.get(one.user_id) ?? 0) + minutesOf(one));
  return sums;
}

/** Throws LabError when it costs more than is left. */
export function judgeSpending({ course, hours, leftMinutes: left, minutes }: Spending): void {
  if (minutes <= left) return;
  const words = left === 0 ? 'nothing' : inWords(left * minute);
  throw new LabError('reservation.limit-budget', {
    fields: { minutes: left === 0 ? 'You have no hours left for it.' : `At most ${words}.` },
    detail: `Of your ${hours} h for ${course.name} you have ${words} left.`,
    alternatives: left < minimumMinutes ? [] : [{ kind: 'minutes', minutes: left, label: `Take ${words}` }],
  });
}
