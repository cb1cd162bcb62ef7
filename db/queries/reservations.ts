import type { Reach } from '../../src/domain/contracts/facts.ts';
import type { AllocationState, NodeState, PowerState } from '../../src/domain/states.ts';
import { marks } from '../marks.ts';
import type { ReservationRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { isDown } from './gone-down.ts';

/** A reservation with everything its page and its place in a list show. */
export interface ReservationListRow extends ReservationRow {
  user_name: string;
  ended_by_name: string | null;
  image_name: string;
  image_title: string;
  image_icon: string;
  image_notes: string;
  image_max_minutes: number | null;
  check_connected: number;
  never_connected_minutes: number | null;
  disconnected_minutes: number | null;
  idle_minutes: number | null;
  pool_never_connected_minutes: number | null;
  pool_disconnected_minutes: number | null;
  pool_idle_minutes: number | null;
  /** What it is being saved as. */
  capture_number: number | null;
  capture_image: string | null;
  capture_title: string | null;
  allocation_id: number | null;
  allocation_state: AllocationState | null;
  user_port: number | null;
  user_host: string | null;
  /** 1 while another live hold that came first has the machine. */
  blocked: number;
  node_id: number | null;
  node_name: string | null;
  node_state: NodeState | null;
  node_power: PowerState | null;
  node_cpus: number | null;
  node_memory_mb: number | null;
  node_disk_mb: number | null;
  node_load_began_at: number | null;
  node_revision_id: number | null;
  host_keys: string | null;
  management_host: string | null;
  management_port: number | null;
  pool_id: number | null;
  pool_name: string | null;
  pool_module: string | null;
  pool_settings: string | null;
  pool_reach: Reach | null;
  node_bmc_info: string | null;
  place_id: number | null;
  /** 1: a seat of a class that was ended early. */
  class_ends: number;
  login_group: string | null;
  admin_group: string | null;
  /** Of an offer: when it is over. */
  offered_until: number | null;
  /** Machines that it has, or had, beside its own. */
  others: number;
  /** 1: its machine went down and does not start again. */
  down: number;
  /** 0: no machine of its place is touched. */
  place_armed: number | null;
}

export const reservationSelect = `SELECT r.*, u.name AS user_name, e.name AS ended_by_name, i.name AS image_name, i.title AS image_title, i.icon AS image_icon,
    i.notes AS image_notes, i.max_minutes AS image_max_minutes, i.check_connected, i.never_connected_minutes, i.disconnected_minutes, i.idle_minutes,
    p.never_connected_minutes AS pool_never_connected_minutes, p.disconnected_minutes AS pool_disconnected_minutes, p.idle_minutes AS pool_idle_minutes,
    cv.number AS capture_number, ci.name AS capture_image, ci.title AS capture_title,
    a.id AS allocation_id, a.state AS allocation_state, a.user_port, a.user_host, EXISTS (SELECT 1 FROM allocations o WHERE r.state = 'new' AND o.node_id = a.node_id
      AND o.released_at IS NULL AND o.hold_from < a.hold_from) AS blocked, n.id AS node_id, n.name AS node_name, n.state AS node_state, n.power AS node_power,
    n.cpus AS node_cpus, n.memory_mb AS node_memory_mb, n.disk_mb AS node_disk_mb, n.load_began_at AS node_load_began_at, n.revision_id AS node_revision_id, n.host_keys, n.management_host, n.management_port,
    p.id AS pool_id, p.name AS pool_name, p.module AS pool_module, p.settings AS pool_settings, p.reach AS pool_reach, h.bmc_info AS node_bmc_info, p.place_id, l.armed AS place_armed,
    EXISTS (SELECT 1 FROM block_dates d WHERE d.id = r.block_date_id AND d.planned_end_at IS NOT NULL) AS class_ends,
    lg.name AS login_group, ag.name AS admin_group,
    CASE WHEN r.state = 'offered' THEN (SELECT w.offered_until FROM waiters w WHERE w.reservation_id = r.id AND w.live = 1) END AS offered_until,
    (SELECT COUNT(DISTINCT o.member) FROM allocations o WHERE o.reservation_id = r.id AND o.member > 0) AS others,
    CASE WHEN r.state IN ('reserved', 'inuse') AND ${isDown} THEN 1 ELSE 0 END AS down
  FROM reservations r
    JOIN users u ON u.id = r.user_id
    JOIN images i ON i.id = r.image_id
    LEFT JOIN users e ON e.id = r.ended_by
    LEFT JOIN image_revisions cv ON cv.id = r.capture_revision_id
    LEFT JOIN images ci ON ci.id = cv.image_id
    LEFT JOIN allocations a ON a.id =
      (SELECT MAX(b.id) FROM allocations b WHERE b.reservation_id = r.id AND b.member = 0 AND (b.state <> 'failed' OR r.state = 'failed'))
    LEFT JOIN nodes n ON n.id = a.node_id
    LEFT JOIN pools p ON p.id = n.pool_id
    LEFT JOIN places l ON l.id = p.place_id
    LEFT JOIN node_hardware h ON h.node_id = n.id
    LEFT JOIN user_groups lg ON lg.id = r.login_group_id
    LEFT JOIN user_groups ag ON ag.id = r.admin_group_id`;

export async function reservationRow(reader: Reader, id: number): Promise<ReservationListRow | null> {
  return (await reader.rows<ReservationListRow>(`${reservationSelect} WHERE r.id = ?`, [id]))[0] ?? null;
}

export interface EventRow {
  id: number;
  at: number;
  kind: string;
  reservation_id: number | null;
  node_id: number | null;
  actor_id: number | null;
  actor_name: string | null;
  data: string;
}

/** Events of reservations after an id, oldest first. */
export async function eventRows(
  reader: Reader,
  reservationIds: readonly number[],
  after = 0,
): Promise<EventRow[]> {
  if (reservationIds.length === 0) return [];
  return reader.rows(
    `SELECT e.id, e.at, e.kind, e.reservation_id, e.node_id, e.actor_id, u.name AS actor_name, e.data
       FROM events e LEFT JOIN users u ON u.id = e.actor_id
       WHERE e.id > ? AND e.reservation_id IN (${marks(reservationIds)}) ORDER BY e.id LIMIT 2000`,
    [after, ...reservationIds],
  );
}

/** The newest event id of a reservation, and its version: together they change whenever anything about it does. */
export async function reservationPulse(reader: Reader, id: number): Promise<string> {
  const [row] = await reader.rows<{
    version: number;
    event: number | null;
    notice: number | null;
    power: string | null;
  }>(
    `SELECT r.version, (SELECT MAX(e.id) FROM events e WHERE e.reservation_id = r.id) AS event,
        (SELECT MAX(n.id) FROM notices n WHERE n.reservation_id = r.id) AS notice,
        (SELECT MAX(n.version) FROM nodes n JOIN allocations a ON a.node_id = n.id
           WHERE a.reservation_id = r.id AND a.released_at IS NULL) AS power
       FROM reservations r WHERE r.id = ?`,
    [id],
  );
  return row ? `${row.version}:${row.event}:${row.notice}:${row.power}` : 'gone';
}

/** What changes whenever something about one of a person's machines does, or about a line that they stand in. */
export async function homePulse(reader: Reader, userId: number): Promise<string> {
  const groups = 'SELECT gm.group_id FROM group_members gm WHERE gm.user_id = ?';
  const mine = 'SELECT r.id FROM reservations r WHERE r.user_id = ? AND r.live = 1';
  const line = 'SELECT MAX(m.id) FROM waiters m WHERE m.user_id = ? AND m.live = 1';
  const [row] = await reader.rows<Record<string, number | string | null>>(
    `SELECT (SELECT COUNT(*) FROM reservations r WHERE r.user_id = ? AND r.live = 1) AS live,
        (SELECT SUM(r.version) FROM reservations r WHERE r.user_id = ? AND r.live = 1) AS versions,
        (SELECT MAX(e.id) FROM events e WHERE e.reservation_id IN (${mine})) AS event,
        (SELECT MAX(n.id) FROM notices n WHERE n.user_id = ?) AS notice,
        (SELECT SUM(n.version) FROM nodes n JOIN allocations a ON a.node_id = n.id
           WHERE +a.released_at IS NULL AND a.reservation_id IN (${mine})) AS power,
        (SELECT SUM(r.version) FROM reservations r WHERE r.server_name IS NOT NULL AND r.live = 1 AND r.user_id <> ?
           AND (r.login_group_id IN (${groups}) OR r.admin_group_id IN (${groups}))) AS servers,
        (SELECT COUNT(*) FROM waiters w WHERE w.live = 1 AND w.reservation_id IS NULL AND w.id <= (${line})) AS line`,
    [userId, userId, userId, userId, userId, userId, userId, userId, userId],
  );
  return Object.values(row ?? {}).join(':');
}
