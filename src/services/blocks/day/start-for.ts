import { classToClaim } from '../../../../db/queries/claims.ts';
import { reservationRow } from '../../../../db/queries/reservations.ts';
import { refuseClosed } from '../../../../db/repositories/accounts.ts';
import { inTransaction } from '../../../../db/transaction.ts';
import { LabError } from '../../../domain/errors.ts';
import { bumpCounter } from '../../booking/limits.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import { tellOwner } from '../../reservations/change.ts';
import type { SignedIn } from '../../views.ts';
import { takeSeat } from '../claim.ts';
import { studentOf } from './extra-minutes.ts';
import { dateOf } from './in-hand.ts';

/** Takes a seat for a student of the course, as they would themselves (`claim`): they are told. Its reservation is theirs alone. */
export function startFor(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  person: string,
  once: Once = {},
): Promise<{ readonly id: number }> {
  return inTransaction(deps.db, async (tx) => {
    const { block } = await dateOf(tx, me, id, dateId);
    const student = await studentOf(tx, dateId, person);
    await bumpCounter(tx, `user:${student.id}`);
    await refuseClosed(tx, student.id);
    const row = await classToClaim(tx, student.id, { dateId });
    if (!row) throw new LabError('block.state', { detail: 'This class is over, or its seats are not held.' });
    const { id: reservationId } = await doOnce(tx, me, once, ['start-for', dateId, student.id], async () => {
      const taken = await takeSeat(tx, deps, student, row, me.id);
      const fresh = row.reservation_id === null ? await reservationRow(tx, taken) : null;
      const facts = { who: me.displayName, course: block.course };
      if (fresh) await tellOwner(tx, fresh, 'seatstarted', facts);
      return taken;
    });
    return { id: reservationId };
  });
}
