import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { endWait, standAgain, waiterOfOffer } from '../../../db/repositories/waiters.ts';
import type { Tx } from '../../../db/transaction.ts';

/** An offer was ended: by its person, who does not want it, or by somebody else, which costs nobody their place. */
export async function offerEnded(tx: Tx, row: ReservationListRow, by: number | null): Promise<void> {
  const waiter = await waiterOfOffer(tx, row.id);
  if (!waiter) return;
  if (by === row.user_id) await endWait(tx, waiter.id, 'declined');
  else await standAgain(tx, waiter.id);
}
