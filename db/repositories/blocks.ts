import type { BlockState } from '../../src/domain/blocks.ts';
import type { AllocationRow, BlockDateRow, BlockRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';
import { patchNode } from './nodes.ts';
import { releaseBits } from './occupancy.ts';

export type NewBlock = Pick<
  BlockRow,
  'group_id' | 'image_id' | 'seats' | 'time_zone' | 'recurrence' | 'comment' | 'grace_minutes' | 'asked_by'
>;
export type NewBlockDate = Omit<BlockDateRow, 'id' | 'block_id' | 'planned_end_at'>;

export function addBlock(tx: Tx, block: NewBlock): Promise<number> {
  return tx.insert('blocks', { ...block, skips_short: 0, state: 'asked', created_at: tx.now });
}

/**
 * Moves a block by compare-and-swap; false when it is in another state, or has another version. It is the guard row of its dates and
 * their seats: change it first.
 */
export async function moveBlock(
  tx: Tx,
  block: Pick<BlockRow, 'id' | 'version'>,
  from: readonly BlockState[],
  patch: Partial<Omit<BlockRow, 'id' | 'version'>>,
): Promise<boolean> {
  const changed: number = await tx
    .table('blocks')
    .where({ id: block.id, version: block.version })
    .whereIn('state', from as BlockState[])
    .update({ ...patch, version: block.version + 1 });
  return changed === 1;
}

export async function addDates(tx: Tx, blockId: number, dates: readonly NewBlockDate[]): Promise<void> {
  await insertRows(
    tx,
    'block_dates',
    dates.map((date) => ({ block_id: blockId, ...date })),
  );
}

export async function patchDate(
  tx: Tx,
  id: number,
  patch: Partial<Omit<BlockDateRow, 'id' | 'block_id'>>,
): Promise<void> {
  await tx.table('block_dates').where({ id }).update(patch);
}

/** Their seats must have gone back. */
export async function removeDates(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .table('seat_extras')
    .whereIn('block_date_id', ids as number[])
    .delete();
  await tx
    .table('block_dates')
    .whereIn('id', ids as number[])
    .delete();
}

/** The guard row alone, whatever its version by now; false where the block is not approved. */
export async function guardApproved(tx: Tx, id: number): Promise<boolean> {
  const sql = "UPDATE blocks SET version = version + 1 WHERE id = ? AND state = 'approved'";
  return (await tx.change(sql, [id])) === 1;
}

/** Gives back the seats of a date that nobody has claimed, but those that are being loaded: they go when they are. */
export async function releaseSeats(tx: Tx, dateId: number): Promise<void> {
  // one that was given another machine meanwhile is found again with that
  while (!(await releaseFound(tx, dateId)));
}

/** False where one of them had changed. */
async function releaseFound(tx: Tx, dateId: number): Promise<boolean> {
  const seats = await tx.rows<AllocationRow>(
    `SELECT * FROM allocations WHERE block_date_id = ? AND claimed_by IS NULL AND reservation_id IS NULL AND released_at IS NULL
       AND state IN ('held', 'ready') ORDER BY node_id`,
    [dateId],
  );
  let all = true;
  for (const { id, node_id, state, hold_from, hold_until } of seats) {
    const window = { from: Number(hold_from), until: Number(hold_until) };
    const changed = await tx.change(
      `UPDATE allocations SET released_at = ?, state = 'released'
         WHERE id = ? AND hold_from = ? AND hold_until = ? AND state = ? AND claimed_by IS NULL AND reservation_id IS NULL AND released_at IS NULL`,
      [tx.now, id, window.from, window.until, state],
    );
    if (changed !== 1) {
      all = false;
      continue;
    }
    await releaseBits(tx, node_id, window);
    // loaded, and touched by nobody
    if (state === 'ready') await patchNode(tx, node_id, { state: 'available' });
  }
  return all;
}
