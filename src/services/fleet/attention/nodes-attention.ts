/** Machines that are out of order or stand still, and the bookings on them. */
import { strandedBookings } from '../../../../db/queries/stranded.ts';
import { failedRest } from '../../../../db/repositories/booking.ts';
import type { Reader } from '../../../../db/transaction.ts';
import { inWords, minute } from '../../../domain/time.ts';
import type { AttentionItem } from '../../views.ts';
import { retry } from './retry.ts';

export async function failedNodes(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    name: string;
    failure: string | null;
    failed_at: number;
    bookings: number;
  }>(
    `SELECT n.id, n.name, n.failure, n.failed_at,
        (SELECT COUNT(*) FROM allocations a WHERE a.node_id = n.id AND a.released_at IS NULL AND a.state = 'held') AS bookings
       FROM nodes n WHERE n.state = 'failed' ORDER BY n.failed_at LIMIT 500`,
  );
  return rows.map((row) => ({
    id: `node-${row.id}`,
    kind: 'node',
    text: `Machine ${row.name} is out of order: ${row.failure ?? 'it could not be cleaned'}`,
    since: Number(row.failed_at),
    hits: Number(row.bookings) > 0 ? bookings(Number(row.bookings)) : null,
    about: `/nodes/${row.id}`,
    action: retry(`node-${row.id}`),
  }));
}

/** A guest's QEMU stops it when there is no room for what it writes. */
export async function pausedNodes(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; reservation_id: number; since: number | null }>(
    `SELECT n.id, n.name, a.reservation_id,
        (SELECT MAX(e.at) FROM events e WHERE e.reservation_id = a.reservation_id AND e.kind = 'paused') AS since
       FROM nodes n JOIN allocations a ON a.node_id = n.id AND a.released_at IS NULL AND a.state IN ('ready', 'inuse')
       WHERE n.power = 'paused' LIMIT 500`,
  );
  return rows.map((row) => ({
    id: `paused-${row.id}`,
    kind: 'node',
    text: `Machine ${row.name} stands still: the disk that holds the machines' disks is full. It goes on by itself when there is room.`,
    since: Number(row.since ?? reader.now),
    hits: `reservation ${row.reservation_id}`,
    about: `/nodes/${row.id}`,
    action: null,
  }));
}

/** A booking is moved off its machine within a minute, or shown here (design, section 3). */
const moveWithin = minute;

/** On a failed machine only those that start within a day: until then it may well be repaired. */
export async function unmovedBookings(reader: Reader): Promise<AttentionItem[]> {
  const rows = await strandedBookings(reader);
  const unmoved = rows.filter(
    (row) =>
      row.since <= reader.now - moveWithin &&
      (row.node_state !== 'failed' || row.hold_from - reader.now <= failedRest),
  );
  return unmoved.map((row) => ({
    id: `booking-${row.id}`,
    kind: 'booking',
    text: `Booking ${row.reservation_id} of ${row.image_name} is on ${row.node_name}, which is ${row.node_state === 'failed' ? 'out of order' : 'not in service'}, and no other machine is free for it.`,
    since: row.since,
    hits:
      row.start_at > reader.now
        ? `${row.user_name}, in ${inWords(row.start_at - reader.now)}`
        : row.user_name,
    about: `/reservations/${row.reservation_id}`,
    action: retry(`booking-${row.id}`),
  }));
}

function bookings(count: number): string {
  return count === 1 ? 'one coming booking' : `${count} coming bookings`;
}
