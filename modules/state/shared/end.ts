import type { ReservationFacts } from '../../../src/domain/contracts/situation.ts';
import { done, type StateContext } from '../../../src/domain/contracts/state.ts';

/** The planned end, or a clock ran out: nobody gets in any more and the machine is taken back. */
export async function endByClock(context: StateContext, reservation: ReservationFacts, reason: string) {
  await context.write('times out', async (writer) => {
    if (
      !(await writer.moveReservation(reservation.id, ['reserved', 'inuse', 'paused'], 'timeout', { reason }))
    )
      return;
    await writer.queue({ action: 'timeout', targetType: 'reservation', targetId: reservation.id });
    await writer.event('timed-out', { reason });
    await writer.notify(reservation.id, 'ended', { reason });
  });
  return done(reason);
}

/** The booked time is over. What was taken to make an image is saved first (VCL's autocapture, vcl.md 2.7): no work is lost. */
export async function endOrSave(context: StateContext, reservation: ReservationFacts) {
  if (!reservation.imaging || reservation.acknowledgedAt === null)
    return endByClock(context, reservation, 'The booked time is over.');
  await context.write('saves it', async (writer) => {
    if (!(await writer.saveByItself(reservation.id))) return;
    await writer.event('saves-itself');
    await writer.notify(reservation.id, 'saves-itself');
  });
  return done('saved by itself');
}
