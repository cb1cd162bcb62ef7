import { type BlockState, blockStates } from '../../src/domain/blocks.ts';
import { marks } from '../marks.ts';
import type { BlockDateRow, BlockRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { isLost } from './class-day.ts';

export interface BlockListRow extends BlockRow {
  course: string;
  own_seats: number;
  image_name: string;
  image_title: string;
  asked_name: string;
  decided_name: string | null;
  dates: number;
  dates_held: number;
  dates_skipped: number;
  first_at: number | null;
  last_at: number | null;
}

const select = `SELECT b.*, g.name AS course, c.own_seats, i.name AS image_name, i.title AS image_title,
    u.display_name AS asked_name, e.display_name AS decided_name, t.dates, t.dates_held, t.dates_skipped, t.first_at, t.last_at
  FROM blocks b JOIN user_groups g ON g.id = b.group_id JOIN courses c ON c.group_id = b.group_id JOIN images i ON i.id = b.image_id
    JOIN users u ON u.id = b.asked_by LEFT JOIN users e ON e.id = b.decided_by
    LEFT JOIN (SELECT block_id, COUNT(*) AS dates, SUM(CASE state WHEN 'held' THEN 1 ELSE 0 END) AS dates_held,
        SUM(CASE state WHEN 'skipped' THEN 1 ELSE 0 END) AS dates_skipped, MIN(start_at) AS first_at, MAX(end_at) AS last_at
      FROM block_dates GROUP BY block_id) t ON t.block_id = b.id`;

export interface BlocksFilter {
  /** Of these courses; null: of all. */
  readonly courseIds: readonly number[] | null;
  readonly state?: BlockState | undefined;
}

/** What is to be decided first, then the newest. */
export async function blockRows(
  reader: Reader,
  { courseIds, state }: BlocksFilter,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<BlockListRow[]> {
  if (courseIds?.length === 0) return [];
  const of = courseIds === null ? '' : `AND b.group_id IN (${marks(courseIds)})`;
  const upTo = before === undefined ? '' : 'AND b.id < ?';
  return reader.rows(
    `${select} WHERE b.state IN (${marks(state ? [state] : blockStates)}) ${of} ${upTo} ORDER BY b.id DESC LIMIT ?`,
    [
      ...(state ? [state] : blockStates),
      ...(courseIds ?? []),
      ...(before === undefined ? [] : [before]),
      limit,
    ],
  );
}

export async function blockRow(reader: Reader, id: number): Promise<BlockListRow | null> {
  return (await reader.rows<BlockListRow>(`${select} WHERE b.id = ?`, [id]))[0] ?? null;
}

export interface DateRow extends BlockDateRow {
  image_name: string;
  image_title: string;
  /** Seats that were there when it began, or are for one that has not. */
  held: number;
  claimed: number;
  lost: number;
}

/** The dates of a block with what became of their seats, from the rows of those: of each seat, its last machine counts. */
export function dateRows(reader: Reader, blockId: number): Promise<DateRow[]> {
  const last = `NOT EXISTS (SELECT 1 FROM allocations o WHERE o.block_date_id = a.block_date_id AND o.seat = a.seat AND o.id > a.id)`;
  return reader.rows(
    `SELECT d.*, i.name AS image_name, i.title AS image_title,
        COUNT(CASE WHEN a.state <> 'failed' AND (a.released_at IS NULL OR a.released_at >= d.start_at) AND ${last} THEN 1 END) AS held,
        COUNT(a.claimed_by) AS claimed, COUNT(CASE WHEN ${isLost('a')} THEN 1 END) AS lost
       FROM block_dates d JOIN images i ON i.id = d.image_id LEFT JOIN allocations a ON a.block_date_id = d.id
       WHERE d.block_id = ? GROUP BY d.id ORDER BY d.start_at`,
    [blockId],
  );
}

/** Dates with seats on machines of this place that nobody claimed and that go back by now: it is over, or the grace is, or it was withdrawn. */
export async function datesToGiveBack(reader: Reader, placeId: number): Promise<number[]> {
  const rows = await reader.rows<{ id: number }>(
    `SELECT DISTINCT d.id FROM block_dates d JOIN blocks b ON b.id = d.block_id JOIN allocations a ON a.block_date_id = d.id
         JOIN nodes n ON n.id = a.node_id
       WHERE ((d.state = 'held' AND d.start_at <= ? AND (d.end_at <= ? OR d.start_at + b.grace_minutes * 60000 <= ?)) OR d.state = 'skipped')
         AND +a.released_at IS NULL AND a.claimed_by IS NULL AND a.reservation_id IS NULL AND a.state IN ('held', 'ready') AND n.place_id = ?`,
    [reader.now, reader.now, reader.now, placeId],
  );
  return rows.map((row) => row.id);
}

/** Nodes that fit, and on which nothing is held in the window but seats of these dates. */
export async function nodesButForSeats(
  reader: Reader,
  fit: { readonly sql: string; readonly bindings: readonly (number | string)[] },
  dateIds: readonly number[],
  window: { readonly from: number; readonly until: number },
): Promise<number[]> {
  if (dateIds.length === 0) return [];
  const ours = marks(dateIds);
  const rows = await reader.rows<{ node_id: number }>(
    `SELECT DISTINCT s.node_id FROM allocations s JOIN nodes n ON n.id = s.node_id
       WHERE s.block_date_id IN (${ours}) AND s.released_at IS NULL AND n.out_for IS NULL
         AND n.state IN ('available', 'reserved', 'reloading', 'inuse') AND ${fit.sql}
         AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.node_id = s.node_id AND a.released_at IS NULL AND a.hold_from < ?
           AND a.hold_until > ? AND (a.block_date_id IS NULL OR a.block_date_id NOT IN (${ours})))`,
    [...dateIds, ...fit.bindings, window.until, window.from, ...dateIds],
  );
  return rows.map((row) => row.node_id);
}

/** Machines that other classes hold in a window, out of those pools. */
export async function heldByClasses(
  reader: Reader,
  poolIds: readonly number[],
  window: { readonly from: number; readonly until: number },
  exceptBlock: number,
): Promise<number> {
  if (poolIds.length === 0) return 0;
  const [row] = await reader.rows<{ n: number }>(
    `SELECT COUNT(DISTINCT a.node_id) AS n FROM allocations a JOIN block_dates d ON d.id = a.block_date_id JOIN nodes n ON n.id = a.node_id
       WHERE a.released_at IS NULL AND a.hold_from < ? AND a.hold_until > ? AND d.block_id <> ?
         AND n.pool_id IN (${marks(poolIds)})`,
    [window.until, window.from, exceptBlock, ...poolIds],
  );
  return Number(row?.n ?? 0);
}

/** How many machines could serve it at all. */
export async function machinesFor(
  reader: Reader,
  fit: { readonly sql: string; readonly bindings: readonly (number | string)[] },
): Promise<number> {
  const [row] = await reader.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM nodes n WHERE n.out_for IS NULL AND n.state NOT IN ('maintenance', 'host', 'deprovisioning') AND ${fit.sql}`,
    [...fit.bindings],
  );
  return Number(row?.n ?? 0);
}

/** Where the work of a block is done that has no machines yet: the first place there is. */
export async function firstPlace(reader: Reader): Promise<number> {
  const [row] = await reader.rows<{ id: number }>('SELECT MIN(id) AS id FROM places WHERE armed = 1');
  return Number(row?.id ?? 1);
}
