/** What is on which node when. */
import type { AllocationPurpose, AllocationState } from '../../src/domain/states.ts';
import type { Window } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** An allocation with whose it is and what it is for. */
export interface AllocationListRow {
  id: number;
  node_id: number;
  node_name: string;
  reservation_id: number | null;
  purpose: AllocationPurpose;
  state: AllocationState;
  start_at: number;
  end_at: number;
  hold_from: number;
  /** Of what is released: when that was. */
  held_until: number;
  user_name: string | null;
  image_title: string | null;
  block_id: number | null;
  course: string | null;
  closing_id: number | null;
  /** The reason of a maintenance window, or the name of a schedule. */
  closing: string | null;
}

const select = `SELECT a.id, a.node_id, n.name AS node_name, a.reservation_id, a.purpose, a.state, a.start_at, a.end_at, a.hold_from,
    CASE WHEN a.released_at < a.hold_until THEN a.released_at ELSE a.hold_until END AS held_until, u.name AS user_name,
    i.title AS image_title, d.block_id, g.name AS course, a.closing_id, COALESCE(w.reason, s.name) AS closing`;
const others = `LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN users u ON u.id = r.user_id
  LEFT JOIN block_dates d ON d.id = a.block_date_id LEFT JOIN blocks b ON b.id = d.block_id LEFT JOIN user_groups g ON g.id = b.group_id
  LEFT JOIN images i ON i.id = COALESCE(r.image_id, d.image_id)
  LEFT JOIN maintenance_windows w ON w.id = a.closing_id AND a.purpose = 'maintenance'
  LEFT JOIN schedules s ON s.id = a.closing_id AND a.purpose = 'schedule'`;
const joined = `FROM allocations a JOIN nodes n ON n.id = a.node_id ${others}`;

/** What is held of these nodes in the window, and, where that has begun, what was; by node and time. */
export async function heldOn(
  reader: Reader,
  nodeIds: readonly number[],
  { from, until }: Window,
): Promise<AllocationListRow[]> {
  if (nodeIds.length === 0) return [];
  const these = `a.node_id IN (${marks(nodeIds)}) AND a.hold_from < ? AND a.hold_until > ?`;
  const bindings = [...nodeIds, until, from];
  const live = `${select} ${joined} WHERE ${these} AND a.released_at IS NULL`;
  const over = `${select} ${joined} WHERE ${these} AND a.released_at > ? AND a.released_at > a.hold_from`;
  const rows =
    from < reader.now
      ? await reader.rows<AllocationListRow>(`${live} UNION ALL ${over}`, [...bindings, ...bindings, from])
      : await reader.rows<AllocationListRow>(live, bindings);
  return rows.toSorted((a, b) => a.node_id - b.node_id || Number(a.hold_from) - Number(b.hold_from));
}

export async function allocationRow(reader: Reader, id: number): Promise<AllocationListRow | null> {
  return (await reader.rows<AllocationListRow>(`${select} ${joined} WHERE a.id = ?`, [id]))[0] ?? null;
}

/** Names; empty and absent ones do not filter. */
export interface AllocationFilter {
  readonly node?: string | undefined;
  readonly pool?: string | undefined;
  readonly person?: string | undefined;
  readonly purpose?: AllocationPurpose | undefined;
}

/** Where a page of them ends: no two live holds of a node begin at the same time. */
export interface AfterHold {
  readonly nodeId: number;
  readonly from: number;
}

/** Live ones whose booked time touches the window, by node and time, after a place among them. */
export function liveAllocations(
  reader: Reader,
  filter: AllocationFilter,
  { from, until }: Window,
  { after, limit }: { readonly after: AfterHold; readonly limit: number },
): Promise<AllocationListRow[]> {
  const named = [
    [filter.node, 'n.name = ?'],
    [filter.pool, 'n.pool_id = (SELECT id FROM pools WHERE name = ?)'],
    [filter.person, 'u.name = ?'],
    [filter.purpose, 'a.purpose = ?'],
  ].filter((one): one is [string, string] => Boolean(one[0]));
  // node after node, in order (SQLite reads a CROSS JOIN in its order): no more is read than a page needs
  return reader.rows(
    `${select} FROM nodes n CROSS JOIN allocations a ON a.node_id = n.id ${others}
       WHERE n.id >= ? AND (n.id > ? OR a.hold_from > ?) AND a.released_at IS NULL AND a.hold_from < ? AND a.start_at < ? AND a.end_at > ?
         ${named.map(([, sql]) => `AND ${sql}`).join(' ')} ORDER BY n.id, a.hold_from LIMIT ?`,
    [
      ...[after.nodeId, after.nodeId, after.from, until, until, from],
      ...[...named.map(([value]) => value), limit],
    ],
  );
}
