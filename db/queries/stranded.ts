import type { NodeState } from '../../src/domain/states.ts';
import type { Reader } from '../transaction.ts';

/** A booking that has not begun, on a machine that cannot serve it as things are. */
export interface StrandedRow {
  /** Its allocation. */
  id: number;
  hold_from: number;
  reservation_id: number;
  start_at: number;
  user_name: string;
  image_name: string;
  node_name: string;
  node_state: NodeState;
  place_id: number;
  /** Since when both are so: the machine out of order, and the booking on it. */
  since: number;
}

const most = 200;

/** Bookings that have not begun and whose machine is failed or kept from people; of one place or of all, the soonest first. */
export async function strandedBookings(reader: Reader, placeId?: number): Promise<StrandedRow[]> {
  const here = placeId === undefined ? '' : 'AND n.place_id = ?';
  const rows = await reader.rows<Omit<StrandedRow, 'since'> & { created_at: number; out_since: number }>(
    `SELECT a.id, a.hold_from, r.id AS reservation_id, r.start_at, u.name AS user_name, i.name AS image_name,
        n.name AS node_name, n.state AS node_state, n.place_id,
        a.created_at, CASE n.state WHEN 'failed' THEN n.failed_at ELSE n.state_at END AS out_since
       FROM nodes n JOIN allocations a ON a.node_id = n.id
         JOIN reservations r ON r.id = a.reservation_id JOIN users u ON u.id = r.user_id JOIN images i ON i.id = r.image_id
       WHERE (n.out_for IS NOT NULL OR n.state IN ('failed', 'maintenance', 'host', 'deprovisioning')) AND a.released_at IS NULL AND a.state = 'held'
         AND a.purpose = 'reservation' ${here} ORDER BY a.hold_from LIMIT ${most}`,
    placeId === undefined ? [] : [placeId],
  );
  return rows.map(({ created_at, out_since, ...row }) => ({
    ...row,
    hold_from: Number(row.hold_from),
    start_at: Number(row.start_at),
    since: Math.max(Number(created_at), Number(out_since)),
  }));
}
