import { marks } from '../marks.ts';
import type { Retention } from '../repositories/events.ts';
import type { Reader } from '../transaction.ts';
import { Conditions } from './conditions.ts';

/** An event with the names of what it is about. */
export interface EventListRow {
  id: number;
  at: number;
  kind: string;
  actor_id: number | null;
  actor_name: string | null;
  reservation_id: number | null;
  node_id: number | null;
  node_name: string | null;
  task_id: number | null;
  data: string;
  retention: Retention;
}

export interface EventFilter {
  readonly kind?: string | undefined;
  /** Names. */
  readonly person?: string | undefined;
  readonly node?: string | undefined;
  readonly reservation?: number | undefined;
  /** Epoch milliseconds, `from` <= at < `to`. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const select = `SELECT e.*, u.name AS actor_name, n.name AS node_name FROM events e
  LEFT JOIN users u ON u.id = e.actor_id LEFT JOIN nodes n ON n.id = e.node_id`;

function conditionsOf(filter: EventFilter): Conditions {
  const where = new Conditions();
  if (filter.kind) where.add('e.kind = ?', filter.kind);
  if (filter.person) where.add('e.actor_id = (SELECT id FROM users WHERE name = ?)', filter.person);
  if (filter.node) where.add('e.node_id = (SELECT id FROM nodes WHERE name = ?)', filter.node);
  if (filter.reservation !== undefined) where.add('e.reservation_id = ?', filter.reservation);
  if (filter.from !== undefined) where.add('e.at >= ?', filter.from);
  if (filter.to !== undefined) where.add('e.at < ?', filter.to);
  return where;
}

/** How many there are, at most `most`. */
export async function countEvents(reader: Reader, filter: EventFilter, most: number): Promise<number> {
  const where = conditionsOf(filter);
  const [row] = await reader.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM (SELECT e.id FROM events e WHERE ${where.sql} LIMIT ?) counted`,
    [...where.bindings, most],
  );
  return Number(row?.n ?? 0);
}

export function eventListRows(
  reader: Reader,
  filter: EventFilter,
  part: { readonly ascending: boolean; readonly offset: number; readonly limit: number },
): Promise<EventListRow[]> {
  const where = conditionsOf(filter);
  const way = part.ascending ? 'ASC' : 'DESC';
  // ids grow with time: where a time is asked for, its index is walked
  const order =
    filter.from === undefined && filter.to === undefined ? `e.id ${way}` : `e.at ${way}, e.id ${way}`;
  return reader.rows(`${select} WHERE ${where.sql} ORDER BY ${order} LIMIT ? OFFSET ?`, [
    ...where.bindings,
    part.limit,
    part.offset,
  ]);
}

/** Before an id, newest first. */
export function eventRowsBefore(
  reader: Reader,
  filter: EventFilter,
  before: number | undefined,
  limit: number,
): Promise<EventListRow[]> {
  const where = conditionsOf(filter);
  if (before !== undefined) where.add('e.id < ?', before);
  return reader.rows(`${select} WHERE ${where.sql} ORDER BY e.id DESC LIMIT ?`, [...where.bindings, limit]);
}

/** What a person did, and what administrators did to their account; newest first. */
export async function eventRowsOfPerson(
  reader: Reader,
  userId: number,
  limit: number,
): Promise<EventListRow[]> {
  const theirs = await reader.rows<EventListRow>(
    `${select} WHERE e.actor_id = ? AND e.kind <> 'progress' ORDER BY e.id DESC LIMIT ?`,
    [userId, limit],
  );
  // its facts begin with whom it is about
  const about = await reader.rows<EventListRow>(
    `${select} WHERE e.kind IN (${marks(kindsAbout)}) AND (e.data LIKE ? OR e.data LIKE ?)
       ORDER BY e.id DESC LIMIT ?`,
    [...kindsAbout, `{"userId":${userId},%`, `{"userId":${userId}}`, limit],
  );
  const all = new Map([...theirs, ...about].map((row) => [row.id, row]));
  return [...all.values()].sort((a, b) => b.id - a.id).slice(0, limit);
}

const kindsAbout = [
  'account.created',
  'account.password-set',
  'person.added',
  'person.changed',
  'person.disabled',
  'person.enabled',
  'person.password-set',
  'person.removed',
];

/** The last of what these tasks told, oldest first. */
export async function eventsOfTasks(
  reader: Reader,
  taskIds: readonly number[],
  limit: number,
): Promise<EventListRow[]> {
  const rows = await reader.rows<EventListRow>(
    `${select} WHERE e.task_id IN (${marks(taskIds)}) ORDER BY e.id DESC LIMIT ?`,
    [...taskIds, limit],
  );
  return rows.reverse();
}

/** Every kind that was ever told: from one to the next in the index, not through a million rows. */
export async function eventKinds(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ kind: string }>(
    `WITH RECURSIVE kinds AS (SELECT MIN(kind) AS kind FROM events
       UNION ALL SELECT (SELECT MIN(e.kind) FROM events e WHERE e.kind > kinds.kind) FROM kinds WHERE kinds.kind IS NOT NULL)
     SELECT kind FROM kinds WHERE kind IS NOT NULL ORDER BY kind`,
  );
  return rows.map(({ kind }) => kind);
}
