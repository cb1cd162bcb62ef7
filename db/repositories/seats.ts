/** Seats of classes, each a compare-and-swap of one row: whose it is, and how far its machine is. */
import type { AllocationRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';

/**
 * A seat becomes somebody's: one change of one row, bits do not move. One that is loaded goes back to `loading`, until it has been
 * handed over. False when it is another's by now, or lost; a duplicate key (isDuplicate) means that they have a seat of this date already.
 */
export async function claimSeat(
  tx: Tx,
  allocationId: number,
  { reservationId, userId }: { readonly reservationId: number; readonly userId: number },
): Promise<boolean> {
  const changed = await tx.change(
    `UPDATE allocations SET reservation_id = ?, claimed_by = ?, state = CASE state WHEN 'ready' THEN 'loading' ELSE state END
       WHERE id = ? AND reservation_id IS NULL AND claimed_by IS NULL AND released_at IS NULL AND state IN ('held', 'loading', 'ready')`,
    [reservationId, userId, allocationId],
  );
  return changed === 1;
}

/** Whose seat it was, that has the other machine now: of one date, each has one at most. */
export async function passClaim(
  tx: Tx,
  { id, claimed_by }: Pick<AllocationRow, 'id' | 'claimed_by'>,
  to: number,
): Promise<void> {
  await tx.change('UPDATE allocations SET claimed_by = NULL WHERE id = ?', [id]);
  await tx.change('UPDATE allocations SET claimed_by = ? WHERE id = ?', [claimed_by, to]);
}

/** Their seat of a date is theirs no more: its reservation has ended. */
export async function dropClaim(tx: Tx, dateId: number, userId: number): Promise<void> {
  await tx.change('UPDATE allocations SET claimed_by = NULL WHERE block_date_id = ? AND claimed_by = ?', [
    dateId,
    userId,
  ]);
}

/** Moves a seat that nobody has claimed; false when somebody has by now, or it is in another state. */
export async function moveSeat(
  tx: Tx,
  allocationId: number,
  from: readonly AllocationRow['state'][],
  to: AllocationRow['state'],
): Promise<boolean> {
  const changed = await tx
    .table('allocations')
    .where({ id: allocationId })
    .whereIn('state', from as AllocationRow['state'][])
    .whereNull('released_at')
    .whereNull('reservation_id')
    .update({ state: to });
  return changed === 1;
}
