/** How long the seats of a date of a class last: with it, or longer for single students. */
import { hasGoneDown } from '../queries/gone-down.ts';
import type { AllocationRow } from '../rows.ts';
import type { Reader, Tx } from '../transaction.ts';

export interface LiveSeatRow
  extends Pick<AllocationRow, 'id' | 'node_id' | 'reservation_id' | 'end_at' | 'hold_until'> {
  /** Who has it; null where nobody does. */
  user_id: number | null;
  /** So many minutes longer than the class they keep it. */
  extra: number;
}

/**
 * The machines of a date's seats that are somebody's or can be claimed, in a fixed order; not those whose people left the class. Their
 * guard rows first: until this transaction ends nobody else changes whose they are, nor until when.
 */
export async function liveSeats(tx: Tx, dateId: number): Promise<LiveSeatRow[]> {
  await tx.change('UPDATE reservations SET version = version + 1 WHERE block_date_id = ? AND live = 1', [
    dateId,
  ]);
  await tx.change('UPDATE allocations SET seat = seat WHERE block_date_id = ? AND released_at IS NULL', [
    dateId,
  ]);
  const rows = await tx.rows<LiveSeatRow>(
    `SELECT a.id, a.node_id, a.reservation_id, a.end_at, a.hold_until, r.user_id, COALESCE(x.minutes, 0) AS extra
       FROM allocations a LEFT JOIN reservations r ON r.id = a.reservation_id
         LEFT JOIN seat_extras x ON x.block_date_id = a.block_date_id AND x.user_id = r.user_id
       WHERE a.block_date_id = ? AND a.released_at IS NULL AND a.state IN ('held', 'loading', 'ready', 'inuse')
         AND (a.reservation_id IS NULL OR (r.live = 1 AND r.block_date_id = a.block_date_id)) ORDER BY a.id`,
    [dateId],
  );
  return rows.map((row) => ({ ...row, end_at: Number(row.end_at), hold_until: Number(row.hold_until) }));
}

/** Gives somebody so many minutes more at a date; 0 takes them back. */
export async function setExtra(tx: Tx, dateId: number, userId: number, minutes: number): Promise<void> {
  const one = { block_date_id: dateId, user_id: userId };
  await tx.table('seat_extras').where(one).delete();
  if (minutes > 0) await tx.table('seat_extras').insert({ ...one, minutes });
}

/** The minutes of people of the course who have no seat of the date yet, the most first. */
export function extrasToCome(
  reader: Reader,
  dateId: number,
): Promise<{ user_id: number; minutes: number }[]> {
  return reader.rows(
    `SELECT x.user_id, x.minutes FROM seat_extras x WHERE x.block_date_id = ? AND NOT EXISTS (SELECT 1 FROM reservations r
       WHERE r.block_date_id = x.block_date_id AND r.user_id = x.user_id) ORDER BY x.minutes DESC, x.user_id`,
    [dateId],
  );
}

export interface ClassPersonRow {
  id: number;
  name: string;
  display_name: string;
  extra: number;
  /** 1: they have a seat of that date. */
  seated: number;
  /** 1: its machine went down and does not start again. */
  down: number;
}

/** Who attends the course of a date, by name. */
export function classPeople(reader: Reader, dateId: number): Promise<ClassPersonRow[]> {
  return reader.rows(
    `SELECT u.id, u.name, u.display_name, COALESCE(x.minutes, 0) AS extra,
        (SELECT COUNT(*) FROM reservations r WHERE r.block_date_id = d.id AND r.user_id = u.id AND r.live = 1) AS seated,
        (SELECT COUNT(*) FROM reservations r WHERE r.block_date_id = d.id AND r.user_id = u.id AND r.live = 1 AND ${hasGoneDown}) AS down
       FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN group_members m ON m.group_id = b.group_id JOIN users u ON u.id = m.user_id
         LEFT JOIN seat_extras x ON x.block_date_id = d.id AND x.user_id = u.id
       WHERE d.id = ? AND u.removed_at IS NULL ORDER BY u.display_name, u.id`,
    [dateId],
  );
}
