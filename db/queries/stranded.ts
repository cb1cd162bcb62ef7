import type { NodeState } from '../../src/domain/states.ts';
import { minute } from '../../src/domain/time.ts';
import { failedRest } from '../repositories/candidates.ts';
import type { Reader } from '../transaction.ts';

/** A booking that has not begun, on a machine that cannot serve it as things are. */
export interface StrandedRow {
  /** Its allocation. */
  id: number;
  hold_from: number;
  reservation_id: number;
  start_at: number;
  /** Whom to tell, and where. */
  user_display_name: string;
  user_email: string | null;
  image_name: string;
  node_name: string;
  node_state: NodeState;
  place_id: number;
  /** Since when both are so: the machine out of order, and the booking on it. */
  since: number;
}

/** Of one look: more than a rack of machines has. */
const most = 2_000;
/** A booking is moved off its machine within a minute, or shown to administrators (design, section 3). */
const moveWithin = minute;

const outSince = "CASE n.state WHEN 'failed' THEN n.failed_at ELSE n.state_at END";
/** A maintenance window ends: what is booked for later stays. */
const unlessBackByThen = `NOT EXISTS (SELECT 1 FROM maintenance_windows w
    WHERE w.id = n.out_window_id AND (w.ended_at IS NOT NULL OR a.hold_from >= w.until_at))`;
const isOut = `(n.out_for IS NOT NULL OR n.state IN ('failed', 'maintenance', 'host', 'deprovisioning')) AND a.released_at IS NULL AND a.state = 'held'`;
// in this order: few machines are out, and many things may be booked
const stranded = `FROM nodes n CROSS JOIN allocations a ON a.node_id = n.id
    JOIN reservations r ON r.id = a.reservation_id JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id
  WHERE ${isOut} AND ${unlessBackByThen}`;

/** From FROM on: those that healing could not move. On a failed machine only what starts soon: until then it may well be repaired. */
export const unmovedRows = `${stranded} AND a.created_at <= ? AND ${outSince} <= ? AND (n.state <> 'failed' OR a.hold_from <= ?)`;

export function unmovedBindings(now: number): number[] {
  return [now - moveWithin, now - moveWithin, now + failedRest];
}

/** Bookings that have not begun and whose machine is failed or kept from people; of one place or of all, the soonest first. */
export function strandedBookings(reader: Reader, placeId?: number): Promise<StrandedRow[]> {
  if (placeId === undefined) return bookingRows(reader, stranded, []);
  return bookingRows(reader, `${stranded} AND n.place_id = ?`, [placeId]);
}

/** Seats of classes that nobody has claimed, likewise. */
export async function strandedSeats(
  reader: Reader,
  placeId: number,
): Promise<Pick<StrandedRow, 'id' | 'hold_from' | 'node_state'>[]> {
  const rows = await reader.rows<Pick<StrandedRow, 'id' | 'hold_from' | 'node_state'>>(
    `SELECT a.id, a.hold_from, n.state AS node_state FROM nodes n CROSS JOIN allocations a ON a.node_id = n.id
       WHERE ${isOut} AND a.reservation_id IS NULL AND a.block_date_id IS NOT NULL AND n.place_id = ? AND ${unlessBackByThen}
       ORDER BY a.hold_from LIMIT ${most}`,
    [placeId],
  );
  return rows.map((row) => ({ ...row, hold_from: Number(row.hold_from) }));
}

/** The same of those that healing could not move. */
export function unmovedBookings(reader: Reader): Promise<StrandedRow[]> {
  return bookingRows(reader, unmovedRows, unmovedBindings(reader.now));
}

async function bookingRows(reader: Reader, from: string, bindings: number[]): Promise<StrandedRow[]> {
  const rows = await reader.rows<Omit<StrandedRow, 'since'> & { created_at: number; out_since: number }>(
    `SELECT a.id, a.hold_from, r.id AS reservation_id, r.start_at, u.display_name AS user_display_name, u.email AS user_email, i.name AS image_name,
        n.name AS node_name, n.state AS node_state, n.place_id, a.created_at, ${outSince} AS out_since
       ${from} ORDER BY a.hold_from LIMIT ${most}`,
    bindings,
  );
  return rows.map(({ created_at, out_since, ...row }) => ({
    ...row,
    hold_from: Number(row.hold_from),
    start_at: Number(row.start_at),
    since: Math.max(Number(created_at), Number(out_since)),
  }));
}
