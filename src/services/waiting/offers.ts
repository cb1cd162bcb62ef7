/** What becomes of an offer: taken, or missed. Declining it is ending its reservation (`endIn`). */
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { reservationRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { moveHoldEnd } from '../../../db/repositories/holds.ts';
import { putAway } from '../../../db/repositories/notices.ts';
import { moveReservation } from '../../../db/repositories/reservations.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { endWait, standAgain, waiterOfOffer } from '../../../db/repositories/waiters.ts';
import type { WaiterRow } from '../../../db/rows.ts';
import type { Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { ceilQuarter, minute } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { changeOnce, giveUpOffer, tellOwner } from '../reservations/change.ts';
import { extendedOf } from '../reservations/extension.ts';
import type { Once } from '../services.ts';
import type { ReservationView, SignedIn } from '../views.ts';
import { offerMinutes } from './line.ts';

/** So often somebody is asked; then they are out of the line. */
const mostOffers = 2;

/** Takes what is offered: all of its minutes count from now, or from *ready*. `offer.over` when it is answered late. */
export function acceptOffer(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: 'accept' }, async (tx, row) => {
    const waiter = await waiterOfOffer(tx, id);
    if (!waiter || row.state !== 'offered' || Number(waiter.offered_until ?? 0) <= tx.now)
      throw new LabError('offer.over');
    const extended = await extendedOf(tx, deps, row);
    if (!extended || !(await moveReservation(tx, id, ['offered'], 'new'))) throw new LabError('offer.over');
    await tx
      .table('allocations')
      .where({ id: extended.holds[0].allocation.id })
      .update({ purpose: 'reservation' });
    await endWait(tx, waiter.id, 'accepted');
    await putAway(tx, id, 'offered');
    await addEvent(tx, { kind: 'accepted', actorId: me.id, reservationId: id });
    const [{ allocation, turnover }] = extended.holds;
    if (allocation.state === 'ready') await handOver(tx, row, allocation.id, turnover);
  });
}

/** It was loaded while they thought about it. */
async function handOver(
  tx: Tx,
  row: ReservationListRow,
  allocationId: number,
  turnover: number,
): Promise<void> {
  const wanted = tx.now + row.minutes * minute;
  // it was held for as long as they might think about it: what they thought less goes back
  const kept = await moveHoldEnd(tx, allocationId, ceilQuarter(wanted + turnover), wanted);
  const end = kept ? wanted : Number(row.end_at);
  await moveReservation(tx, row.id, ['new'], 'reserved', { readyAt: tx.now, end });
  const task = { action: 'reserved', targetType: 'reservation', targetId: row.id } as const;
  await queueTask(tx, task, { placeId: row.place_id, reservationId: row.id });
}

/** An offer that nobody answered in time, or that came to nothing: its place is kept, and asked once more. */
export async function missOffer(tx: Tx, waiterId: number): Promise<void> {
  const [found] = await tx.rows<WaiterRow>('SELECT * FROM waiters WHERE id = ? AND live = 1', [waiterId]);
  const id = found?.reservation_id ?? null;
  if (id === null) return;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
  const waiter = await waiterOfOffer(tx, id);
  const row = await reservationRow(tx, id);
  if (!waiter || !row) return;
  if (row.state !== 'offered') return standAgain(tx, waiterId);
  if (Number(waiter.offered_until ?? 0) > tx.now) return;
  const missed = waiter.missed + 1;
  const last = missed >= mostOffers;
  if (last) await endWait(tx, waiterId, 'missed');
  else await standAgain(tx, waiterId, { missed, not_before: tx.now + offerMinutes * minute });
  await giveUpOffer(tx, row, 'The offer was not answered in time.');
  await addEvent(tx, { kind: 'offer-missed', reservationId: id, data: { last } });
  await tellOwner(tx, row, 'missed', { title: row.image_title, last });
}
