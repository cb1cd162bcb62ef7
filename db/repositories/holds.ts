import { ceilQuarter, minute, type Window } from '../../src/domain/time.ts';
import type { AllocationRow } from '../rows.ts';
import type { Reader, Tx } from '../transaction.ts';
import { closeGaps } from './closings.ts';
import { releaseBits, takeBits } from './occupancy.ts';

/** How near the end of a hold may come before its machine is clean, in milliseconds. */
export const holdMargin = minute;

/**
 * Changes where a live hold ends: a compare-and-swap of the allocation before any bit (design, section 5). False when a
 * quarter that would be needed is taken; nothing has changed then.
 */
export async function moveHoldEnd(
  tx: Tx,
  allocationId: number,
  until: number,
  end?: number,
): Promise<boolean> {
  const [row] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [allocationId],
  );
  if (!row) return false;
  const from = Number(row.hold_from);
  const old = Number(row.hold_until);
  if (until === old) {
    if (end !== undefined && end !== Number(row.end_at))
      await tx.change('UPDATE allocations SET end_at = ? WHERE id = ?', [end, allocationId]);
    return true;
  }
  return tx.savepoint(async () => {
    const changed = await tx.change(
      `UPDATE allocations SET hold_until = ?, end_at = ? WHERE id = ? AND hold_from = ? AND hold_until = ? AND released_at IS NULL`,
      [until, end ?? Number(row.end_at), allocationId, from, old],
    );
    if (changed !== 1) return false;
    if (until > old) return takeBits(tx, row.node_id, { from: old, until });
    const freed = { from: Math.max(from, until), until: old };
    await releaseBits(tx, row.node_id, freed);
    await closeGaps(tx, row.node_id, freed);
    return true;
  });
}

/**
 * Releases a hold: sets `released_at` and clears all its bits, once. What it gives back while the machine is not clean after
 * the booking before goes to that one.
 */
export async function releaseHold(tx: Tx, allocationId: number): Promise<boolean> {
  const freed = await giveUp(tx, allocationId);
  if (freed === null) return false;
  await passOn(tx, freed);
  return true;
}

/**
 * Gives up a live hold for another one, or changes nothing: `bind` makes the other, in whose way its own bits do not stand, and
 * answers null where it cannot.
 */
export async function exchangeHold<T>(
  tx: Tx,
  allocationId: number,
  bind: () => Promise<T | null>,
): Promise<T | null> {
  let freed: GivenUp | null = null;
  let made: T | null = null;
  await tx.savepoint(async () => {
    freed = await giveUp(tx, allocationId);
    made = freed === null ? null : await bind();
    return made !== null;
  });
  if (made !== null && freed !== null) await passOn(tx, freed);
  return made;
}

interface GivenUp {
  readonly nodeId: number;
  readonly window: Window;
}

/** The row and its bits, by compare-and-swap; null where it was released before. */
async function giveUp(tx: Tx, allocationId: number): Promise<GivenUp | null> {
  const [row] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [allocationId],
  );
  if (!row) return null;
  const from = Number(row.hold_from);
  const until = Number(row.hold_until);
  const changed = await tx.change(
    `UPDATE allocations SET released_at = ?, state = CASE state WHEN 'failed' THEN 'failed' ELSE 'released' END,
       user_port = NULL, port_place_id = NULL, user_host = NULL
     WHERE id = ? AND hold_from = ? AND hold_until = ? AND released_at IS NULL`,
    [tx.now, allocationId, from, until],
  );
  if (changed !== 1) return null;
  await releaseBits(tx, row.node_id, { from, until });
  return { nodeId: row.node_id, window: { from, until } };
}

/** What was given up goes to the booking before, while its machine is not clean, then to what wants the node closed. */
async function passOn(tx: Tx, { nodeId, window }: GivenUp): Promise<void> {
  await keepOlder(tx, nodeId);
  await closeGaps(tx, nodeId, window);
}

/** What has left `held` has its machine: from then on it is not clean until the hold is released. */
const notClean = "a.released_at IS NULL AND a.state <> 'held' AND a.hold_until < ?";

/** Live holds of a place that are about to end, or have ended, though their machine is not clean. */
export async function overrunningHolds(reader: Reader, placeId: number): Promise<number[]> {
  const rows = await reader.rows<{ id: number }>(
    `SELECT a.id FROM nodes n JOIN allocations a ON a.node_id = n.id WHERE n.place_id = ? AND ${notClean} AND a.hold_from < ? ORDER BY a.id`,
    // one that has ended has begun: what is booked ahead is not looked at
    [placeId, reader.now + holdMargin, reader.now + holdMargin],
  );
  return rows.map((row) => row.id);
}

/**
 * Lets a hold go on by whole quarters while its machine is not clean, as far as nobody else has them: the booking that comes
 * next waits then. False when nothing was added.
 */
export async function keepHold(tx: Tx, allocationId: number): Promise<boolean> {
  const [row] = await tx.rows<AllocationRow>(`SELECT a.* FROM allocations a WHERE a.id = ? AND ${notClean}`, [
    allocationId,
    tx.now + holdMargin,
  ]);
  if (!row) return false;
  if (row.reservation_id !== null)
    await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [row.reservation_id]);
  const [next] = await tx.rows<{ hold_from: number | null }>(
    'SELECT MIN(hold_from) AS hold_from FROM allocations WHERE node_id = ? AND released_at IS NULL AND hold_from >= ?',
    [row.node_id, row.hold_until],
  );
  const most = next?.hold_from ? Number(next.hold_from) : Number.POSITIVE_INFINITY;
  const until = Math.min(ceilQuarter(tx.now + holdMargin), most);
  return until > Number(row.hold_until) && moveHoldEnd(tx, row.id, until);
}

async function keepOlder(tx: Tx, nodeId: number): Promise<void> {
  const rows = await tx.rows<{ id: number }>(
    `SELECT a.id FROM allocations a WHERE a.node_id = ? AND ${notClean}`,
    [nodeId, tx.now + holdMargin],
  );
  for (const { id } of rows) await keepHold(tx, id);
}
