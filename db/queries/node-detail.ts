import type {
  AllocationPurpose,
  AllocationState,
  OutFor,
  ReservationState,
} from '../../src/domain/states.ts';
import type { Reader } from '../transaction.ts';

/** Who has a node now: somebody whose reservation is live, and whose machine it is. */
export interface HolderRow {
  reservation_id: number;
  user_name: string;
  state: ReservationState;
  end_at: number;
}

/** What an administrator decides on. */
export interface NodeFactsRow {
  id: number;
  name: string;
  state: string;
  pool_id: number;
  pool_module: string;
  place_id: number;
  load_no: number;
  out_for: OutFor | null;
  preferred_image_id: number | null;
  version: number;
  /** Bookings that have not begun. */
  coming: number;
}

export async function nodeFactsRow(reader: Reader, id: number): Promise<NodeFactsRow | null> {
  const [row] = await reader.rows<NodeFactsRow>(
    `SELECT n.*, p.module AS pool_module, (SELECT COUNT(*) FROM allocations a
        WHERE a.node_id = n.id AND a.released_at IS NULL AND a.state = 'held' AND a.closing_id IS NULL) AS coming
       FROM nodes n JOIN pools p ON p.id = n.pool_id WHERE n.id = ?`,
    [id],
  );
  return row ? { ...row, coming: Number(row.coming) } : null;
}

export async function holderOf(reader: Reader, nodeId: number): Promise<HolderRow | null> {
  const [row] = await reader.rows<HolderRow>(
    `SELECT r.id AS reservation_id, u.name AS user_name, r.state, r.end_at FROM allocations a
       JOIN reservations r ON r.id = a.reservation_id JOIN users u ON u.id = r.user_id
       WHERE a.node_id = ? AND a.released_at IS NULL AND a.state IN ('loading', 'ready', 'inuse') AND r.live = 1 ORDER BY a.id LIMIT 1`,
    [nodeId],
  );
  return row ? { ...row, end_at: Number(row.end_at) } : null;
}

export interface ScheduleRow {
  id: number;
  purpose: AllocationPurpose;
  state: AllocationState;
  start_at: number;
  end_at: number;
  hold_from: number;
  hold_until: number;
  reservation_id: number | null;
  user_name: string | null;
  image_title: string | null;
}

/** Unreleased holds of a node that touch [from, until), in order. */
export function scheduleRows(
  reader: Reader,
  nodeId: number,
  from: number,
  until: number,
): Promise<ScheduleRow[]> {
  return reader.rows(
    `SELECT a.id, a.purpose, a.state, a.start_at, a.end_at, a.hold_from, a.hold_until, a.reservation_id, u.name AS user_name,
        i.title AS image_title
       FROM allocations a LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN users u ON u.id = r.user_id
         LEFT JOIN images i ON i.id = r.image_id
       WHERE a.node_id = ? AND a.released_at IS NULL AND a.hold_from < ? AND a.hold_until > ? ORDER BY a.hold_from, a.id`,
    [nodeId, until, from],
  );
}

export interface NodeEventRow {
  id: number;
  at: number;
  kind: string;
  actor_name: string | null;
  reservation_id: number | null;
  data: string;
}

/** What happened to a node, newest first, without the small steps of loads. */
export function nodeEventRows(reader: Reader, nodeId: number, limit: number): Promise<NodeEventRow[]> {
  return reader.rows(
    `SELECT e.id, e.at, e.kind, u.name AS actor_name, e.reservation_id, e.data FROM events e LEFT JOIN users u ON u.id = e.actor_id
       WHERE e.node_id = ? AND e.kind <> 'progress' ORDER BY e.id DESC LIMIT ?`,
    [nodeId, limit],
  );
}

/** The task that works on a node now, else the next that waits for it. */
export async function nodeTaskRow(
  reader: Reader,
  nodeId: number,
): Promise<{ id: number; action: string; status: string; result: string | null; run_after: number } | null> {
  const [row] = await reader.rows<{
    id: number;
    action: string;
    status: string;
    result: string | null;
    run_after: number;
  }>(
    `SELECT id, action, status, result, run_after FROM tasks WHERE (run_node = ? OR (node_id = ? AND status IN ('queued', 'running')))
       AND NOT (action = 'new' AND status = 'queued' AND run_after > ?)
       ORDER BY CASE status WHEN 'running' THEN 0 ELSE 1 END, run_after LIMIT 1`,
    [nodeId, nodeId, reader.now],
  );
  return row ? { ...row, run_after: Number(row.run_after) } : null;
}
