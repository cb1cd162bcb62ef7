import type { ReservationState } from '../../src/domain/states.ts';
import type { Reader } from '../transaction.ts';

export interface OwnReservationRow {
  id: number;
  state: ReservationState;
  version: number;
  image_name: string;
  image_title: string;
  start_at: number;
  end_at: number;
  ended_at: number | null;
}

export interface OwnClassRow {
  id: number;
  block_id: number;
  version: number;
  course: string;
  seats: number;
  teaches: number;
  image_name: string;
  image_title: string;
  start_at: number;
  end_at: number;
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** So many of each at most. */
const most = 1_000;

const reservation = `SELECT r.id, r.state, r.version, i.name AS image_name, i.title AS image_title, r.start_at, r.end_at, r.ended_at
  FROM reservations r JOIN images i ON i.id = r.image_id`;

/** What somebody has, will have, or had a machine in: what was cancelled before is not there. */
export function ownReservations(reader: Reader, userId: number, { from, until }: Span) {
  return reader.rows<OwnReservationRow>(
    `${reservation} WHERE r.user_id = ? AND (r.live = 1 OR r.ready_at IS NOT NULL) AND r.state NOT IN ('waiting', 'offered') AND r.open_ended = 0
       AND r.start_at < ? AND COALESCE(r.ended_at, r.end_at) > ? ORDER BY r.start_at, r.id LIMIT ${most}`,
    [userId, until, from],
  );
}

export async function oneReservation(reader: Reader, id: number): Promise<OwnReservationRow | null> {
  return (await reader.rows<OwnReservationRow>(`${reservation} WHERE r.id = ?`, [id]))[0] ?? null;
}

/** Dates with seats that are held, of the courses that somebody is in or teaches; not those in which they have a seat: that is a reservation. */
export function ownClasses(reader: Reader, userId: number, { from, until }: Span) {
  return reader.rows<OwnClassRow>(
    `SELECT d.id, d.block_id, b.version, g.name AS course, d.seats, i.name AS image_name, i.title AS image_title, d.start_at, d.end_at,
         CASE WHEN c.user_id IS NULL THEN 0 ELSE 1 END AS teaches
       FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN user_groups g ON g.id = b.group_id JOIN images i ON i.id = d.image_id
         LEFT JOIN course_instructors c ON c.group_id = b.group_id AND c.user_id = ?
         LEFT JOIN group_members m ON m.group_id = b.group_id AND m.user_id = ?
       WHERE d.state = 'held' AND d.start_at < ? AND d.end_at > ? AND (c.user_id IS NOT NULL OR m.user_id IS NOT NULL)
         AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.block_date_id = d.id AND a.claimed_by = ?)
       ORDER BY d.start_at, d.id LIMIT ${most}`,
    [userId, userId, until, from, userId],
  );
}
