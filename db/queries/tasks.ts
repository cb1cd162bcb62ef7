import { marks } from '../marks.ts';
import type { TaskRow } from '../repositories/tasks.ts';
import type { Reader } from '../transaction.ts';
import { Conditions } from './conditions.ts';

/** A task with what its place in a list shows. */
export interface TaskListRow extends TaskRow {
  node_name: string | null;
  place_name: string | null;
  user_name: string | null;
}

export interface TaskFilter {
  readonly state?: TaskRow['status'] | undefined;
  readonly action?: string | undefined;
  /** A node's name. */
  readonly node?: string | undefined;
  readonly reservation?: number | undefined;
}

const select = `SELECT t.*, n.name AS node_name, p.name AS place_name, u.name AS user_name FROM tasks t
  LEFT JOIN nodes n ON n.id = t.node_id LEFT JOIN places p ON p.id = t.place_id
  LEFT JOIN reservations r ON r.id = t.reservation_id LEFT JOIN users u ON u.id = r.user_id`;

/** In this order they are listed: what runs first. */
export const taskStates = ['running', 'queued', 'failed', 'done'] as const;

function conditionsOf(filter: TaskFilter): Conditions {
  const where = new Conditions();
  if (filter.action) where.add('t.action = ?', filter.action);
  if (filter.node) where.add('t.node_id = (SELECT id FROM nodes WHERE name = ?)', filter.node);
  if (filter.reservation !== undefined) where.add('t.reservation_id = ?', filter.reservation);
  return where;
}

/** How many there are in each state; the filter's own state is left out, so that another one can be chosen. */
export async function countTasks(
  reader: Reader,
  filter: TaskFilter,
): Promise<Readonly<Record<TaskRow['status'], number>>> {
  const where = conditionsOf(filter);
  const rows = await reader.rows<{ status: TaskRow['status']; n: number }>(
    `SELECT t.status, COUNT(*) AS n FROM tasks t WHERE ${where.sql} GROUP BY t.status`,
    where.bindings,
  );
  const found = new Map(rows.map(({ status, n }) => [status, Number(n)]));
  return Object.fromEntries(taskStates.map((state) => [state, found.get(state) ?? 0])) as Record<
    TaskRow['status'],
    number
  >;
}

interface Part {
  readonly counts: Readonly<Record<TaskRow['status'], number>>;
  readonly byState: boolean;
  readonly ascending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** By number, or state by state and by number within each: no sort of all there ever were. */
export async function taskRows(reader: Reader, filter: TaskFilter, part: Part): Promise<TaskListRow[]> {
  const chosen = filter.state ? [filter.state] : taskStates;
  const way = part.ascending ? 'ASC' : 'DESC';
  if (!part.byState) {
    const where = conditionsOf(filter);
    if (filter.state) where.add('t.status = ?', filter.state);
    return pageOf(reader, where, `t.id ${way}`, part.limit, part.offset);
  }
  const rows: TaskListRow[] = [];
  let skip = part.offset;
  for (const state of chosen) {
    const wanted = part.limit - rows.length;
    if (wanted > 0 && skip < part.counts[state]) {
      const where = conditionsOf(filter);
      where.add('t.status = ?', state);
      rows.push(...(await pageOf(reader, where, `t.id ${way}`, wanted, skip)));
    }
    skip = Math.max(0, skip - part.counts[state]);
  }
  return rows;
}

function pageOf(
  reader: Reader,
  where: Conditions,
  order: string,
  limit: number,
  offset: number,
): Promise<TaskListRow[]> {
  const sql = `${select} WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`;
  return reader.rows(sql, [...where.bindings, limit, offset]);
}

/** Before an id, newest first. */
export function taskRowsBefore(
  reader: Reader,
  filter: TaskFilter,
  before: number | undefined,
  limit: number,
): Promise<TaskListRow[]> {
  const where = conditionsOf(filter);
  if (filter.state) where.add('t.status = ?', filter.state);
  if (before !== undefined) where.add('t.id < ?', before);
  return pageOf(reader, where, 't.id DESC', limit, 0);
}

const deepest = 10;

/** A task's whole tree, its oldest ancestor first, then by number; at most some thousand. Empty: there is no such task. */
export async function taskTree(reader: Reader, id: number): Promise<TaskListRow[]> {
  let root = await one(reader, id);
  for (let level = 0; root?.parent_id && level < deepest; level++)
    root = (await one(reader, root.parent_id)) ?? root;
  if (!root) return [];
  const all = [root];
  for (let parents = [root.id]; parents.length > 0 && all.length < 5_000; ) {
    const children = await reader.rows<TaskListRow>(
      `${select} WHERE t.parent_id IN (${marks(parents)}) ORDER BY t.id LIMIT 5000`,
      parents,
    );
    all.push(...children);
    parents = children.map((child) => child.id);
  }
  return all;
}

async function one(reader: Reader, id: number): Promise<TaskListRow | null> {
  return (await reader.rows<TaskListRow>(`${select} WHERE t.id = ?`, [id]))[0] ?? null;
}
