import { moveHoldEnd } from '../../db/repositories/holds.ts';
import type { AllocationRow } from '../../db/rows.ts';
import type { Tx } from '../../db/transaction.ts';
import { holdWindow, minute } from '../domain/time.ts';
import { heldWithin } from '../services/booking/make-room.ts';
import { moveBooking } from '../services/booking/move.ts';
import { planFor } from '../services/booking/plan.ts';
import type { DaemonDeps } from './deps.ts';
import { notify } from './notify.ts';

/** Lets an allocation last until `end`; moves the booking that abuts, or cuts the end (design, section 3). */
export async function endBy(tx: Tx, deps: DaemonDeps, id: number, end: number): Promise<number> {
  const [row] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [id],
  );
  if (!row) return end;
  const turnover = await turnoverOf(tx, deps, row.reservation_id);
  const { until } = holdWindow(end, end, 0, turnover);
  const window = { from: Number(row.hold_until), until };
  const later = until > window.from ? await heldWithin(tx, { nodeId: row.node_id, window, besides: id }) : [];
  for (const next of later) {
    if (await moveBooking(tx, deps, next.id, 'The one before needs it longer.')) continue;
    if (next.reservation_id !== null)
      await notify(tx, deps, { reservationId: next.reservation_id, key: `abuts-${id}`, facts: {} });
    break;
  }
  if (await moveHoldEnd(tx, id, until, end)) return end;
  const cut = Math.min(end, Math.max(tx.now, Number(row.hold_until) - turnover));
  await moveHoldEnd(tx, id, Number(row.hold_until), cut);
  return cut;
}

/** The clean-up that follows a reservation, 0 when it takes less than a minute. Milliseconds. */
async function turnoverOf(tx: Tx, deps: DaemonDeps, reservationId: number | null): Promise<number> {
  const [row] = await tx.rows<{ image_id: number }>('SELECT image_id FROM reservations WHERE id = ?', [
    reservationId ?? 0,
  ]);
  const plan = row && (await planFor(tx, { owner: deps.db, descriptors: deps.descriptors }, row.image_id));
  return plan && plan.turnover >= minute ? plan.turnover : 0;
}
