/** Seats of classes that begin soon or have begun, as those see them that get them ready. */

import { claimsOpen } from '../../src/domain/blocks.ts';
import type { AllocationState, ReservationState } from '../../src/domain/states.ts';
import { day, minute } from '../../src/domain/time.ts';
import type { Reader } from '../transaction.ts';
import { isDown } from './gone-down.ts';

/** A seat that nobody has claimed, whose machine is ours by now. */
export interface OpenSeatRow {
  id: number;
  block_date_id: number;
  image_id: number;
  start_at: number;
  state: 'held' | 'loading' | 'ready';
  /** 1: a task has it loaded. */
  queued: number;
  /** 1: its machine is not as it was loaded, or is to leave the service. */
  unfit: number;
  /** 1: it was loaded with another revision than the one that is production now. */
  outdated: number;
}

/** A class between a day before its start and its end; `grace` after its start its seats go back. From it on (a CROSS JOIN): seats that ever were are many. */
const soon = `d.state = 'held' AND d.end_at > ? AND d.start_at <= ?
  AND (b.grace_minutes IS NULL OR d.start_at + b.grace_minutes * 60000 > ?)`;
const soonBindings = (now: number) => [now, now + day, now];

export async function openSeats(reader: Reader, placeId: number): Promise<OpenSeatRow[]> {
  const rows = await reader.rows<OpenSeatRow>(
    `SELECT a.id, a.block_date_id, d.image_id, d.start_at, a.state,
        CASE WHEN n.state <> 'reserved' OR n.power <> 'on' OR n.tainted = 1 OR n.out_for IS NOT NULL THEN 1 ELSE 0 END AS unfit,
        CASE WHEN i.production_revision_id IS NOT NULL AND (n.revision_id IS NULL OR n.revision_id <> i.production_revision_id) THEN 1 ELSE 0 END AS outdated,
        (SELECT COUNT(*) FROM tasks t WHERE t.open_key = CONCAT('seat:allocation:', a.id)) AS queued
       FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN images i ON i.id = d.image_id
         CROSS JOIN allocations a ON a.block_date_id = d.id JOIN nodes n ON n.id = a.node_id
       WHERE ${soon} AND a.hold_from <= ? AND a.released_at IS NULL AND a.reservation_id IS NULL
         AND a.state IN ('held', 'loading', 'ready') AND n.place_id = ? ORDER BY d.start_at, a.id`,
    [...soonBindings(reader.now), reader.now, placeId],
  );
  return rows.map((row) => ({ ...row, start_at: Number(row.start_at) }));
}

/** The seat's last machine is one that failed. */
export const isLost = (seat: string) => `${seat}.state = 'failed' AND NOT EXISTS (SELECT 1 FROM allocations o
  WHERE o.block_date_id = ${seat}.block_date_id AND o.seat = ${seat}.seat AND o.id > ${seat}.id)`;

/** Seats whose machine failed, and none was free then; the machine was of this place. */
export async function lostSeats(reader: Reader, placeId: number): Promise<number[]> {
  const rows = await reader.rows<{ id: number }>(
    `SELECT a.id FROM block_dates d JOIN blocks b ON b.id = d.block_id CROSS JOIN allocations a ON a.block_date_id = d.id
         JOIN nodes n ON n.id = a.node_id
       WHERE ${soon} AND ${isLost('a')} AND n.place_id = ? ORDER BY d.start_at, a.id`,
    [...soonBindings(reader.now), placeId],
  );
  return rows.map(({ id }) => id);
}

/** A seat as those see it who teach: its last machine, who has it, and how far it is. */
export interface WallRow {
  /** Null of a machine that somebody has anyway. */
  seat: number | null;
  state: AllocationState;
  released_at: number | null;
  node_name: string | null;
  /** How far its load is, 0..1; null where it is not loaded now, or nobody knows. */
  fraction: number | null;
  reservation_id: number | null;
  reservation_state: ReservationState | null;
  live: number | null;
  /** 1: its machine went down and does not start again. */
  down: number;
  end_at: number;
  display_name: string | null;
}

/** The seats of a date, each by its last machine, and the machines of its environment that people of the course have anyway. */
export function wallRows(reader: Reader, dateId: number): Promise<WallRow[]> {
  const about = `n.name AS node_name, (SELECT MAX(l.fraction) FROM loads l WHERE l.node_id = n.id AND l.ended_at IS NULL) AS fraction,
      r.id AS reservation_id, r.state AS reservation_state, r.live, CASE WHEN r.state IN ('reserved', 'inuse') AND ${isDown} THEN 1 ELSE 0 END AS down`;
  return reader.rows(
    `SELECT a.seat, a.state, a.released_at, ${about}, COALESCE(r.end_at, a.end_at) AS end_at, u.display_name
       FROM allocations a JOIN nodes n ON n.id = a.node_id LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN users u ON u.id = r.user_id
       WHERE a.block_date_id = ?
         AND NOT EXISTS (SELECT 1 FROM allocations o WHERE o.block_date_id = a.block_date_id AND o.seat = a.seat AND o.id > a.id)
     UNION ALL SELECT NULL, a.state, a.released_at, ${about}, r.end_at, u.display_name
       FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN group_members m ON m.group_id = b.group_id
         JOIN reservations r ON r.user_id = m.user_id AND r.live = 1 AND r.image_id = d.image_id AND r.block_date_id IS NULL
           AND r.start_at < d.end_at AND r.end_at > d.start_at AND r.start_at <= ?
         JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL AND a.state <> 'failed' JOIN nodes n ON n.id = a.node_id JOIN users u ON u.id = r.user_id
       WHERE d.id = ?`,
    [dateId, reader.now, dateId],
  );
}

/** Another by now: another thing can be done about the class of a date. */
export async function datePulse(reader: Reader, dateId: number): Promise<string> {
  const { now } = reader;
  const [row] = await reader.rows<object>(
    `SELECT d.state, b.state AS asked, d.end_at, d.planned_end_at, CASE WHEN d.end_at <= ? THEN 3 WHEN d.start_at <= ? THEN 2 WHEN d.start_at <= ? THEN 1 ELSE 0 END AS phase
       FROM block_dates d JOIN blocks b ON b.id = d.block_id WHERE d.id = ?`,
    [now, now, now + claimsOpen, dateId],
  );
  return JSON.stringify(row ?? null);
}

/**
 * Nobody has it, and it is not ready though it is about to be needed, or its load has not even begun though it was due: the machine is not
 * free, and no other is. One that has just been held is not. It has four bindings (`lateBindings`).
 */
const isLate = (
  seat: string,
) => `${seat}.released_at IS NULL AND ${seat}.reservation_id IS NULL AND ${seat}.end_at > ? AND ${seat}.created_at <= ?
  AND ((${seat}.state IN ('held', 'loading') AND d.start_at <= ?) OR (${seat}.state = 'held' AND ${seat}.hold_from <= ?))`;
const lateBindings = (now: number) => [now, now - 2 * minute, now + 5 * minute, now - 5 * minute];

/** From FROM on: dates with seats that are lost or late, from half an hour before their start until their end. */
export const shortDates = `FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN user_groups g ON g.id = b.group_id
  WHERE d.state = 'held' AND d.start_at <= ? AND d.end_at > ? AND EXISTS (SELECT 1 FROM allocations a WHERE a.block_date_id = d.id AND ((${isLost('a')}) OR (${isLate('a')})))`;
export const shortBindings = (now: number): number[] => [now + 30 * minute, now, ...lateBindings(now)];

export interface ShortDateRow {
  id: number;
  block_id: number;
  group_id: number;
  image_id: number;
  course: string;
  time_zone: string;
  start_at: number;
  seats: number;
  lost: number;
  late: number;
}

export async function shortDateRows(reader: Reader): Promise<ShortDateRow[]> {
  const rows = await reader.rows<ShortDateRow>(
    `SELECT d.id, d.block_id, b.group_id, d.image_id, g.name AS course, b.time_zone, d.start_at, d.seats,
        (SELECT COUNT(*) FROM allocations a WHERE a.block_date_id = d.id AND ${isLost('a')}) AS lost,
        (SELECT COUNT(*) FROM allocations a WHERE a.block_date_id = d.id AND ${isLate('a')}) AS late ${shortDates} ORDER BY d.start_at, d.id LIMIT 200`,
    [...lateBindings(reader.now), ...shortBindings(reader.now)],
  );
  return rows.map((row) => ({
    ...row,
    start_at: Number(row.start_at),
    ...{ lost: Number(row.lost), late: Number(row.late) },
  }));
}

/** Who teaches such a class and was not told of it yet. */
export async function untoldTeachers(reader: Reader, date: ShortDateRow): Promise<number[]> {
  const rows = await reader.rows<{ user_id: number }>(
    `SELECT i.user_id FROM course_instructors i WHERE i.group_id = ? AND NOT EXISTS
       (SELECT 1 FROM notices t WHERE t.reservation_id = 0 AND t.notice_key = CONCAT(?, i.user_id))`,
    [date.group_id, shortKey(date)],
  );
  return rows.map((row) => row.user_id);
}

/** Of the notice of it, one of each kind; the person's number follows. */
export const shortKey = ({ id, lost }: Pick<ShortDateRow, 'id' | 'lost'>) =>
  `${lost > 0 ? 'seatslost' : 'seatslate'}-${id}-`;

export interface TaughtDateRow {
  user_id: number;
  image_id: number;
  block_id: number;
  course: string;
  date: string;
}

/** Who teaches the class of a date. */
export function teachersOf(reader: Reader, dateId: number): Promise<TaughtDateRow[]> {
  return reader.rows(
    `SELECT i.user_id, d.image_id, d.block_id, g.name AS course, d.date FROM block_dates d JOIN blocks b ON b.id = d.block_id
         JOIN user_groups g ON g.id = b.group_id JOIN course_instructors i ON i.group_id = b.group_id
       WHERE d.id = ? ORDER BY i.user_id`,
    [dateId],
  );
}
