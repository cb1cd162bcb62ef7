import { patchDate } from '../../../../db/repositories/blocks.ts';
import { type LiveSeatRow, liveSeats } from '../../../../db/repositories/class-time.ts';
import { addEvent } from '../../../../db/repositories/events.ts';
import { addSpoken } from '../../../../db/repositories/notices.ts';
import { inTransaction, type Tx } from '../../../../db/transaction.ts';
import { endsIn } from '../../../domain/blocks.ts';
import { LabError } from '../../../domain/errors.ts';
import { inWords } from '../../../domain/time.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import type { SignedIn } from '../../views.ts';
import { moveAll } from './extend-class.ts';
import { takeInHand } from './in-hand.ts';
import { turnoverOf } from './seat-ends.ts';

/**
 * The class ends in five minutes, which are counted down to all who sit in it; who was given more time keeps that. No seat can be taken any
 * more. Until it is over it can go on after all: what is held stays held.
 */
export async function endClass(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  once: Once = {},
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const { block, date } = await takeInHand(tx, me, id, dateId, { since: 'start' });
    await doOnce(tx, me, once, ['end-class', dateId], async () => {
      if (date.planned_end_at !== null) return null;
      const old = Number(date.end_at);
      const end = tx.now + endsIn;
      if (end >= old)
        throw new LabError('block.state', { detail: `It ends in ${inWords(old - tx.now)} by itself.` });
      await patchDate(tx, dateId, { end_at: end, planned_end_at: old });
      const data = { blockDateId: dateId, course: block.course };
      const event = await addEvent(tx, { kind: 'class-ended', actorId: me.id, data });
      const seats = await liveSeats(tx, dateId);
      await moveAll(tx, deps, seats, { end, old, turnover: 0, keepHold: true });
      for (const seat of await liveSeats(tx, dateId)) await tellEnd(tx, seat, event, me, block.course);
      return null;
    });
  });
}

async function tellEnd(
  tx: Tx,
  { reservation_id: id, end_at: end }: LiveSeatRow,
  event: number,
  me: SignedIn,
  course: string,
): Promise<void> {
  const facts = { who: me.displayName, course, left: end - tx.now };
  if (id !== null) await addSpoken(tx, id, `classends-${event}`, facts);
}

/** What was to end in a few minutes ends when it was planned, for all who are still in it. */
export async function goOnWithClass(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  once: Once = {},
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const { block, date } = await takeInHand(tx, me, id, dateId);
    await doOnce(tx, me, once, ['go-on-with-class', dateId], async () => {
      if (date.planned_end_at === null) return null;
      const end = Number(date.planned_end_at);
      await patchDate(tx, dateId, { end_at: end, planned_end_at: null });
      const data = { blockDateId: dateId, course: block.course };
      const event = await addEvent(tx, { kind: 'class-goes-on', actorId: me.id, data });
      const seats = await liveSeats(tx, dateId);
      const turnover = await turnoverOf(tx, deps, date);
      await moveAll(tx, deps, seats, { end, old: Number(date.end_at), turnover, keepHold: true });
      for (const { reservation_id: reservationId } of seats) {
        if (reservationId === null) continue;
        await addSpoken(tx, reservationId, `classgoeson-${event}`, { course: block.course });
      }
      return null;
    });
  });
}
