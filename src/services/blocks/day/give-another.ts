import { reservationRow } from '../../../../db/queries/reservations.ts';
import { inTransaction, type Tx } from '../../../../db/transaction.ts';
import { invalid } from '../../../domain/errors.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import { anotherIn } from '../../reservations/another-machine.ts';
import { tellOwner } from '../../reservations/change.ts';
import type { SignedIn } from '../../views.ts';
import { studentOf } from './extra-minutes.ts';
import { takeInHand } from './in-hand.ts';

/** Gives a student's seat another machine, as they could themselves (`takeAnother`): they are told. */
export async function giveAnother(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  person: string,
  once: Once = {},
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await takeInHand(tx, me, id, dateId);
    const student = await studentOf(tx, dateId, person);
    await doOnce(tx, me, once, ['another-for', dateId, student.id], async () => {
      const row = await seatOf(tx, dateId, student.id);
      if (!row) throw invalid('person', 'They have no seat in this class.');
      await anotherIn(tx, deps, me, row);
      await tellOwner(tx, row, `another-${row.allocation_id}`, { who: me.displayName });
      return null;
    });
  });
}

/** Its guard row is changed first. */
async function seatOf(tx: Tx, dateId: number, userId: number) {
  const [seat] = await tx.rows<{ id: number }>(
    'SELECT id FROM reservations WHERE block_date_id = ? AND user_id = ? AND live = 1',
    [dateId, userId],
  );
  if (!seat) return null;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [seat.id]);
  return reservationRow(tx, seat.id);
}
