import { patchDate } from '../../../../db/repositories/blocks.ts';
import { type LiveSeatRow, liveSeats } from '../../../../db/repositories/class-time.ts';
import { addEvent } from '../../../../db/repositories/events.ts';
import { inTransaction, type Tx } from '../../../../db/transaction.ts';
import { mostLonger } from '../../../domain/blocks.ts';
import { invalid, LabError } from '../../../domain/errors.ts';
import { minute } from '../../../domain/time.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import type { SignedIn } from '../../views.ts';
import { takeInHand } from './in-hand.ts';
import { moveSeatEnd, turnoverOf } from './seat-ends.ts';

/**
 * The class lasts longer, and so does every seat whose machine can be kept: what is booked after it goes to other machines. A seat that
 * cannot ends when it would have. `reservation.extend-blocked` where none can: nothing has changed then.
 */
export async function extendClass(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  minutes: number,
  once: Once = {},
): Promise<void> {
  checkMinutes(minutes);
  await inTransaction(deps.db, async (tx) => {
    const { block, date } = await takeInHand(tx, me, id, dateId, { since: 'claims' });
    if (date.planned_end_at !== null)
      throw new LabError('block.state', { detail: 'This class is being ended: let it go on first.' });
    await doOnce(tx, me, once, ['extend-class', dateId, minutes], async () => {
      const seats = await liveSeats(tx, dateId);
      const old = Number(date.end_at);
      const end = old + minutes * minute;
      await patchDate(tx, dateId, { end_at: end });
      const how = { end, old, turnover: await turnoverOf(tx, deps, date) };
      const kept = await moveAll(tx, deps, seats, how);
      if (kept === 0 && seats.length > 0)
        throw new LabError('reservation.extend-blocked', {
          detail: 'No seat can be kept that long: every machine is promised to somebody else afterwards.',
        });
      const data = { blockDateId: dateId, course: block.course, minutes, kept, seats: seats.length };
      await addEvent(tx, { kind: 'class-extended', actorId: me.id, data });
      return null;
    });
  });
}

export function checkMinutes(minutes: number, least = 1): void {
  if (!Number.isInteger(minutes) || minutes < least || minutes > mostLonger)
    throw invalid('minutes', `A whole number of minutes, ${least} to ${mostLonger}.`);
}

interface NewEnd {
  /** When the class ends now, and when it was to end. */
  readonly end: number;
  readonly old: number;
  readonly turnover: number;
  readonly keepHold?: boolean;
}

/** Moves the ends of seats with their class, those who keep theirs longer as much after it; how many could be. */
export async function moveAll(
  tx: Tx,
  deps: ServiceDeps,
  seats: readonly LiveSeatRow[],
  { end, old, ...how }: NewEnd,
): Promise<number> {
  let moved = 0;
  for (const seat of seats) {
    // what nobody has may be held longer for somebody who is to come
    const longer = seat.user_id === null ? Math.max(0, seat.end_at - old) : seat.extra * minute;
    if (await moveSeatEnd(tx, deps, seat, { ...how, end: end + longer })) moved++;
  }
  return moved;
}
