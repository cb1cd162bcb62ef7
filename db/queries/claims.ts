/** Classes as those see them who attend them. */
import { claimsOpen } from '../../src/domain/blocks.ts';
import { day, minute } from '../../src/domain/time.ts';
import { shuffle } from '../shuffle.ts';
import type { Reader, Tx } from '../transaction.ts';

/** A date of a class of somebody's course whose seats are held. */
export interface OpenClassRow {
  id: number;
  block_id: number;
  course: string;
  image_id: number;
  image_name: string;
  image_title: string;
  start_at: number;
  end_at: number;
  /** From when on its seats can be claimed, and whether they can be now. */
  opens_at: number;
  is_open: boolean;
  /** Their seat, or the machine of that environment that they have anyway. */
  reservation_id: number | null;
  /** So many minutes longer they keep their seat. */
  extra: number;
  /** It was ended early: nobody comes in any more. */
  is_ending: boolean;
  /** It is open, and nobody can have a seat any more. */
  is_full: boolean;
}

type Found = Omit<OpenClassRow, 'opens_at' | 'is_open' | 'is_ending' | 'is_full'> & {
  planned_end_at: number | null;
  has_free: number;
  seat_id: number | null;
  machine_id: number | null;
};

/** Of allocations `a`: seats that nobody has. */
const isFree =
  "a.claimed_by IS NULL AND a.released_at IS NULL AND a.reservation_id IS NULL AND a.state IN ('held', 'loading', 'ready')";

/** An own machine counts when it is there now, or will be at the start, and was not booked for later. */
const select = `SELECT d.id, d.block_id, g.name AS course, d.image_id, i.name AS image_name, i.title AS image_title, d.start_at, d.end_at, d.planned_end_at,
    COALESCE((SELECT x.minutes FROM seat_extras x WHERE x.block_date_id = d.id AND x.user_id = m.user_id), 0) AS extra,
    EXISTS (SELECT 1 FROM allocations a WHERE a.block_date_id = d.id AND ${isFree}) AS has_free,
    (SELECT MAX(r.id) FROM reservations r WHERE r.block_date_id = d.id AND r.user_id = m.user_id AND r.live = 1) AS seat_id,
    (SELECT MAX(r.id) FROM reservations r WHERE r.user_id = m.user_id AND r.image_id = d.image_id AND r.live = 1 AND r.block_date_id IS NULL
       AND r.imaging = 0 AND r.start_at <= ? AND r.end_at > d.start_at AND r.end_at > ?) AS machine_id
  FROM group_members m JOIN blocks b ON b.group_id = m.group_id JOIN user_groups g ON g.id = b.group_id
    JOIN block_dates d ON d.block_id = b.id JOIN images i ON i.id = d.image_id
  WHERE m.user_id = ? AND d.state = 'held' AND d.end_at > ?`;

/** Those that can be claimed now, or within a day, the soonest first. */
export async function openClasses(reader: Reader, userId: number): Promise<OpenClassRow[]> {
  const { now } = reader;
  const rows = await reader.rows<Found>(`${select} AND d.start_at <= ? ORDER BY d.start_at, d.id LIMIT 20`, [
    ...[now, now, userId, now],
    now + day,
  ]);
  return rows.map((row) => openClass(row, now));
}

/** One date of a class of somebody's course, though it may be over; null where it is not of their courses, or its seats are not held. */
export async function classOf(reader: Reader, userId: number, dateId: number): Promise<OpenClassRow | null> {
  const { now } = reader;
  const rows = await reader.rows<Found>(`${select} AND d.id = ?`, [now, now, userId, 0, dateId]);
  return rows[0] ? openClass(rows[0], now) : null;
}

/** That date, or the one whose seats can be claimed now with that environment; null where it is not of their courses, or over. */
export async function openClassOf(
  reader: Reader,
  userId: number,
  which: { readonly dateId: number } | { readonly image: string },
): Promise<OpenClassRow | null> {
  const { now } = reader;
  const [sql, bindings] =
    'dateId' in which
      ? ['d.id = ?', [which.dateId]]
      : ['i.name = ? AND d.start_at <= ?', [which.image, now + claimsOpen]];
  const [row] = await reader.rows<Found>(`${select} AND ${sql} ORDER BY d.start_at, d.id LIMIT 1`, [
    ...[now, now, userId, now],
    ...bindings,
  ]);
  return row ? openClass(row, now) : null;
}

/**
 * The same for who takes a seat in this transaction: until it ends nobody changes how long the seats of that class last, others who take
 * theirs do not wait. (On Galera the two meet in the seat's row, and in its student's counter.)
 */
export async function classToClaim(
  tx: Tx,
  userId: number,
  which: Parameters<typeof openClassOf>[2],
): Promise<OpenClassRow | null> {
  const found = await openClassOf(tx, userId, which);
  if (!found || tx.engine === 'sqlite') return found;
  await tx.rows('SELECT 1 FROM blocks WHERE id = ? LOCK IN SHARE MODE', [found.block_id]);
  return openClassOf(tx, userId, { dateId: found.id });
}

function openClass(
  { seat_id, machine_id, planned_end_at, has_free, ...row }: Found,
  now: number,
): OpenClassRow {
  const start = Number(row.start_at);
  const isOpen = now >= start - claimsOpen && now < Number(row.end_at) && planned_end_at === null;
  return {
    ...row,
    start_at: start,
    end_at: Number(row.end_at),
    opens_at: start - claimsOpen,
    is_open: isOpen,
    is_ending: planned_end_at !== null,
    is_full: isOpen && Number(has_free) === 0,
    reservation_id: seat_id ?? machine_id,
  };
}

export interface SeatToClaim {
  id: number;
  node_id: number;
  place_id: number;
  end_at: number;
  /** What is loaded already, where that is not what would be loaded. */
  revision_id: number | null;
}

/** More than lose a seat to others at the same moment. */
const most = 40;
const mostNear = 8;

const freeSeats = `SELECT a.id, a.node_id, a.end_at, n.place_id,
    CASE WHEN a.state = 'ready' AND v.suspended_at IS NULL AND v.deleted_at IS NULL AND v.image_id = i.id
      AND v.id <> i.production_revision_id THEN v.id END AS revision_id
  FROM allocations a JOIN nodes n ON n.id = a.node_id JOIN block_dates d ON d.id = a.block_date_id JOIN images i ON i.id = d.image_id
    LEFT JOIN image_revisions v ON v.id = n.revision_id
  WHERE a.block_date_id = ? AND ${isFree}`;

/**
 * Seats that nobody has, for somebody who keeps theirs so many minutes longer than the class (`extra`): those first that are held for as
 * long, then for somebody who keeps theirs longer still, then what is too short; loaded ones first, in no order beyond that. One after the
 * other, until one is had.
 */
export async function* seatsToClaim(
  reader: Reader,
  dateId: number,
  extra: number,
): AsyncGenerator<SeatToClaim> {
  if (extra === 0) yield* await seatsNear(reader, dateId);
  yield* await allSeats(reader, dateId, extra);
}

/** A few of the loaded ones, from a random place on: a whole class that comes in the same moment does not look at all seats each. */
async function seatsNear(reader: Reader, dateId: number): Promise<SeatToClaim[]> {
  const rows = await reader.rows<SeatToClaim>(
    `${freeSeats} AND a.state = 'ready' AND a.end_at <= d.end_at
       AND a.id >= (SELECT MIN(x.id) + (MAX(x.id) - MIN(x.id)) * ? FROM allocations x WHERE x.block_date_id = ? AND x.claimed_by IS NULL)
       ORDER BY a.id LIMIT ${mostNear}`,
    [dateId, Math.random(), dateId],
  );
  return shuffle(rows);
}

function allSeats(reader: Reader, dateId: number, extra: number): Promise<SeatToClaim[]> {
  const chance = reader.engine === 'sqlite' ? 'RANDOM()' : 'RAND()';
  return reader.rows(
    `${freeSeats}
       ORDER BY CASE WHEN a.end_at < d.end_at + ? THEN 1 ELSE 0 END, ABS(a.end_at - d.end_at - ?),
         CASE a.state WHEN 'ready' THEN 0 WHEN 'loading' THEN 1 ELSE 2 END, ${chance} LIMIT ${most}`,
    [dateId, extra * minute, extra * minute],
  );
}
