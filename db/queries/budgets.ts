import type { Window } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** A course whose people have so many hours each. */
export interface BudgetRow {
  group_id: number;
  name: string;
  budget_hours: number;
  time_zone: string;
  term_from: string;
  term_until: string;
}

export function budgetRows(reader: Reader, groupIds: readonly number[]): Promise<BudgetRow[]> {
  if (groupIds.length === 0) return Promise.resolve([]);
  return reader.rows(
    `SELECT c.group_id, g.name, c.budget_hours, c.time_zone, c.term_from, c.term_until FROM courses c
       JOIN user_groups g ON g.id = c.group_id
       WHERE c.budget_hours IS NOT NULL AND c.group_id IN (${marks(groupIds)}) ORDER BY g.name, c.group_id`,
    groupIds,
  );
}

/** A reservation that takes hours of a course. */
export interface SpentRow {
  id: number;
  user_id: number;
  live: number | null;
  minutes: number;
  start_at: number;
  end_at: number;
  ready_at: number | null;
  ended_at: number | null;
  budget_free_until: number | null;
}

/** Those that begin within the window, of one person or of everybody. */
export function spentRows(
  reader: Reader,
  courseId: number,
  { from, until }: Window,
  userId: number | null = null,
): Promise<SpentRow[]> {
  const whose = userId === null ? '' : 'AND user_id = ?';
  return reader.rows(
    `SELECT id, user_id, live, minutes, start_at, end_at, ready_at, ended_at, budget_free_until FROM reservations
       WHERE budget_course_id = ? ${whose} AND start_at >= ? AND start_at < ?`,
    [courseId, ...(userId === null ? [] : [userId]), from, until],
  );
}
