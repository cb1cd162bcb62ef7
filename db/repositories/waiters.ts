/** The line of those who wait: who came first is first, for whatever they wait. */
import type { Window } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';
import type { WaiterOutcome, WaiterRow } from '../rows.ts';
import type { Reader, Tx } from '../transaction.ts';
import { bookable, freeNow } from './candidates.ts';
import { fits, type Want } from './want.ts';

/** So many are planned for; who stands behind them is told that there are many. */
const mostPlanned = 200;

/** Those who have nothing yet, in their order. */
export function waitersInLine(reader: Reader): Promise<WaiterRow[]> {
  return reader.rows(
    `SELECT * FROM waiters WHERE live = 1 AND reservation_id IS NULL ORDER BY id LIMIT ${mostPlanned}`,
  );
}

/** Does anybody wait? Asked wherever something becomes free. */
export async function anybodyWaits(reader: Reader): Promise<boolean> {
  const sql = 'SELECT id FROM waiters WHERE live = 1 AND reservation_id IS NULL LIMIT 1';
  return (await reader.rows(sql)).length > 0;
}

/** Whom this reservation is offered to; null where it is no open offer. */
export async function waiterOfOffer(reader: Reader, reservationId: number): Promise<WaiterRow | null> {
  const sql = 'SELECT * FROM waiters WHERE reservation_id = ? AND live = 1';
  return (await reader.rows<WaiterRow>(sql, [reservationId]))[0] ?? null;
}

/** Their place is over. */
export async function endWait(
  tx: Tx,
  id: number,
  outcome: WaiterOutcome,
  reservationId?: number,
): Promise<void> {
  const came = reservationId === undefined ? {} : { reservation_id: reservationId };
  const over = { live: null, outcome, offered_until: null, ended_at: tx.now, ...came };
  await tx.table('waiters').where({ id, live: 1 }).update(over);
}

/** Back into the line, at the place that they had. */
export async function standAgain(tx: Tx, id: number, more: Partial<WaiterRow> = {}): Promise<void> {
  await tx
    .table('waiters')
    .where({ id, live: 1 })
    .update({ reservation_id: null, offered_until: null, ...more });
}

/** Offers whose time is over, and those that came to nothing without their person; the soonest of the others. */
export async function offersDue(reader: Reader): Promise<{ due: number[]; next: number | null }> {
  const rows = await reader.rows<{ id: number; offered_until: number | null; live: number | null }>(
    `SELECT w.id, w.offered_until, r.live FROM waiters w LEFT JOIN reservations r ON r.id = w.reservation_id
       WHERE w.live = 1 AND w.reservation_id IS NOT NULL ORDER BY w.id`,
  );
  const isDue = (row: (typeof rows)[number]) =>
    row.live === null || Number(row.offered_until ?? 0) <= reader.now;
  const open = rows.filter((row) => !isDue(row)).map((row) => Number(row.offered_until));
  return {
    due: rows.filter(isDue).map(({ id }) => id),
    next: open.length > 0 ? Math.min(...open) : null,
  };
}

/**
 * Offers that do not add up: one that nobody waits for, one that its person has taken and that still counts as an offer, a place to which
 * something is offered that is none. Empty means that the books are right.
 */
export async function auditOffers(reader: Reader): Promise<string[]> {
  const rows = await reader.rows<{ what: string; id: number }>(
    `SELECT 'offer to nobody' AS what, r.id FROM reservations r WHERE r.state = 'offered'
         AND NOT EXISTS (SELECT 1 FROM waiters w WHERE w.reservation_id = r.id AND w.live = 1)
       UNION ALL SELECT 'taken, and held as an offer', r.id FROM reservations r JOIN allocations a ON a.reservation_id = r.id
         WHERE a.purpose = 'offer' AND a.released_at IS NULL AND r.state IN ('new', 'reserved', 'inuse')
       UNION ALL SELECT 'place with an offer that is none', w.id FROM waiters w JOIN reservations r ON r.id = w.reservation_id
         WHERE w.live = 1 AND r.state NOT IN ('offered', 'failed')`,
  );
  return rows.map(({ what, id }) => `${what}: ${id}`);
}

export interface LineNode {
  readonly id: number;
  /** It could be given to somebody at once. */
  readonly free: boolean;
}

/** The machines that could serve this want, now or later. */
export async function nodesInLine(reader: Reader, want: Want): Promise<LineNode[]> {
  if (want.poolIds.length === 0) return [];
  const fit = fits(want);
  const rows = await reader.rows<{ id: number; free: number }>(
    `SELECT n.id, CASE WHEN ${freeNow} THEN 1 ELSE 0 END AS free FROM nodes n
       WHERE ${bookable(false)} AND ${fit.sql} ORDER BY n.id`,
    fit.bindings,
  );
  return rows.map((row) => ({ id: row.id, free: Number(row.free) === 1 }));
}

/** What is held of these machines, or of every one of these pools, from now on and begins before `until`: by node, in order. */
export async function heldFromNow(
  reader: Reader,
  which: { readonly poolIds: readonly number[] } | { readonly nodeIds: readonly number[] },
  until: number,
): Promise<Map<number, Window[]>> {
  const held = new Map<number, Window[]>();
  const [from, ids] =
    'nodeIds' in which
      ? [`allocations a WHERE a.node_id IN (${marks(which.nodeIds)})`, which.nodeIds]
      : [
          `allocations a CROSS JOIN nodes n ON n.id = a.node_id WHERE n.pool_id IN (${marks(which.poolIds)})`,
          which.poolIds,
        ];
  if (ids.length === 0) return held;
  const rows = await reader.rows<{ node_id: number; hold_from: number; hold_until: number }>(
    `SELECT a.node_id, a.hold_from, a.hold_until FROM ${from}
       AND a.released_at IS NULL AND a.hold_until > ? AND a.hold_from < ? ORDER BY a.hold_from`,
    [...ids, reader.now, Math.min(until, Number.MAX_SAFE_INTEGER)],
  );
  for (const row of rows) {
    const all = held.get(row.node_id) ?? [];
    held.set(row.node_id, all);
    all.push({ from: Number(row.hold_from), until: Number(row.hold_until) });
  }
  return held;
}

/** Can this want be served by that machine at all? */
export async function couldServe(reader: Reader, want: Want, nodeId: number): Promise<boolean> {
  if (want.poolIds.length === 0) return false;
  const fit = fits(want);
  const sql = `SELECT n.id FROM nodes n WHERE n.id = ? AND ${fit.sql}`;
  return (await reader.rows(sql, [nodeId, ...fit.bindings])).length > 0;
}
