import type { ReservationFacts } from '../../../src/domain/contracts/situation.ts';
import { done, later, type Outcome, type StateContext } from '../../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../../src/domain/contracts/state-writer.ts';

/** A clock ran out: nobody gets in any more and the machine is taken back; not where *Keep it* or Connect was pressed meanwhile. */
export function endByClock(
  context: StateContext,
  reservation: ReservationFacts,
  reason: string,
): Promise<Outcome> {
  const isOver = async (writer: StateWriter) => {
    const { isKept, isAcknowledged } = await writer.timesOf(reservation.id);
    return !isKept && isAcknowledged === (reservation.acknowledgedAt !== null);
  };
  return endIf(context, reason, isOver, (writer) => timeOut(writer, reservation, reason));
}

/**
 * The booked time is over, and was not extended meanwhile. What was taken to make an image is saved first (VCL's autocapture, vcl.md 2.7):
 * no work is lost.
 */
export function endOrSave(context: StateContext, reservation: ReservationFacts): Promise<Outcome> {
  const reason = 'The booked time is over.';
  const { id, imaging, acknowledgedAt } = reservation;
  const isOver = async (writer: StateWriter) => (await writer.timesOf(id)).end <= writer.now;
  return endIf(context, reason, isOver, async (writer) => {
    if (!imaging || acknowledgedAt === null) return timeOut(writer, reservation, reason);
    if (!(await writer.saveByItself(id))) return;
    await writer.event('saves-itself');
    await writer.notify(id, 'saves-itself');
  });
}

/** What is not over any more is looked at again. */
async function endIf(
  context: StateContext,
  reason: string,
  isOver: (writer: StateWriter) => Promise<boolean>,
  end: (writer: StateWriter) => Promise<void>,
): Promise<Outcome> {
  const again = await context.write('times out', async (writer) => {
    if (!(await isOver(writer))) return writer.now;
    await end(writer);
    return null;
  });
  return again === null ? done(reason) : later(again, 'somebody kept it');
}

async function timeOut(writer: StateWriter, { id }: ReservationFacts, reason: string): Promise<void> {
  if (!(await writer.moveReservation(id, ['reserved', 'inuse', 'paused'], 'timeout', { reason }))) return;
  await writer.queue({ action: 'timeout', targetType: 'reservation', targetId: id });
  await writer.event('timed-out', { reason });
  await writer.notify(id, 'ended', { reason });
}
