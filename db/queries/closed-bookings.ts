import type { ClosingPurpose } from '../../src/domain/states.ts';
import type { MaintenanceRow } from '../repositories/maintenance.ts';
import type { Reader } from '../transaction.ts';

/** A booking in time in which its node is to be closed, or a seat of a class that nobody has: whom to tell is who asked for it. */
export interface ClosedBookingRow {
  allocation_id: number;
  allocation_state: string;
  hold_from: number;
  /** Null of a seat. */
  reservation_id: number | null;
  block_id: number | null;
  block_date_id: number | null;
  course: string | null;
  start_at: number;
  end_at: number;
  user_name: string;
  display_name: string;
  email: string | null;
  image_title: string;
  node_id: number;
  node_name: string;
  purpose: ClosingPurpose;
  closing_id: number;
}

const from = `FROM closing_gaps g JOIN nodes n ON n.id = g.node_id
    CROSS JOIN allocations a ON a.node_id = g.node_id AND a.released_at IS NULL AND a.hold_from < g.until_at AND a.hold_until > g.from_at
    LEFT JOIN reservations r ON r.id = a.reservation_id AND r.live = 1
    LEFT JOIN block_dates d ON d.id = a.block_date_id AND a.reservation_id IS NULL LEFT JOIN blocks b ON b.id = d.block_id
    LEFT JOIN user_groups c ON c.id = b.group_id
    JOIN users u ON u.id = COALESCE(r.user_id, b.asked_by) JOIN images i ON i.id = COALESCE(r.image_id, d.image_id)`;

async function bookings(
  reader: Reader,
  where: string,
  bindings: number[],
  most: number,
): Promise<ClosedBookingRow[]> {
  const rows = await reader.rows<ClosedBookingRow>(
    `SELECT DISTINCT a.id AS allocation_id, a.state AS allocation_state, a.hold_from, r.id AS reservation_id, b.id AS block_id, d.id AS block_date_id, c.name AS course,
        COALESCE(r.start_at, d.start_at) AS start_at, COALESCE(r.end_at, d.end_at) AS end_at,
        u.name AS user_name, u.display_name, u.email, i.title AS image_title, n.id AS node_id, n.name AS node_name, g.purpose, g.closing_id
       ${from} WHERE ${where} ORDER BY start_at, allocation_id LIMIT ${Math.floor(most)}`,
    bindings,
  );
  return rows.map((row) => ({
    ...row,
    hold_from: Number(row.hold_from),
    start_at: Number(row.start_at),
    end_at: Number(row.end_at),
  }));
}

/** Of one place, what maintenance and closed hours meet, the soonest first. */
export async function closedBookingsOf(reader: Reader, placeId: number) {
  const rows = await bookings(reader, 'n.place_id = ? AND g.until_at > ?', [placeId, reader.now], 1_000);
  const windows = await reader.rows<MaintenanceRow>(
    'SELECT * FROM maintenance_windows WHERE ended_at IS NULL AND until_at > ?',
    [reader.now],
  );
  const byId = new Map(windows.map((window) => [window.id, window]));
  return rows.map((row) => ({
    ...row,
    window: row.purpose === 'maintenance' ? (byId.get(row.closing_id) ?? null) : null,
  }));
}

/** Does a live booking lie in time in which a maintenance window is to close its node? */
export async function isInTheWay(reader: Reader, allocationId: number, windowId: number): Promise<boolean> {
  const [row] = await bookings(
    reader,
    "a.id = ? AND g.purpose = 'maintenance' AND g.closing_id = ?",
    [allocationId, windowId],
    1,
  );
  return row !== undefined;
}

/** Of one schedule or maintenance window: those that stay though their node is to be closed. */
export function bookingsWithin(
  reader: Reader,
  purpose: ClosingPurpose,
  closingId: number,
): Promise<ClosedBookingRow[]> {
  const which = purpose === 'schedule' ? "g.purpose = 'schedule'" : "g.purpose = 'maintenance'";
  return bookings(reader, `${which} AND g.closing_id = ? AND g.until_at > ?`, [closingId, reader.now], 200);
}
