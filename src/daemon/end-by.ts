import { moveHoldEnd } from '../../db/repositories/holds.ts';
import type { AllocationRow } from '../../db/rows.ts';
import type { Tx } from '../../db/transaction.ts';
import { holdWindow, minute } from '../domain/time.ts';
import { heldWithin } from '../services/booking/make-room.ts';
import { moveBooking } from '../services/booking/move.ts';
import { planFor } from '../services/booking/plan.ts';
import type { DaemonDeps } from './deps.ts';
import { notify } from './notify.ts';

/**
 * Lets an allocation last until `end`, with those that its reservation has together with it; moves the bookings that abut, or cuts the
 * end (design, section 3).
 */
export async function endBy(tx: Tx, deps: DaemonDeps, id: number, end: number): Promise<number> {
  const others = await tx.rows<{ id: number }>(
    `SELECT o.id FROM allocations a JOIN allocations o ON o.reservation_id = a.reservation_id AND o.id <> a.id
       WHERE a.id = ? AND o.released_at IS NULL AND o.state <> 'failed' ORDER BY o.node_id`,
    [id],
  );
  const all = [id, ...others.map((other) => other.id)];
  let least = end;
  for (const one of all) least = await lastUntil(tx, deps, one, least);
  if (least < end && others.length > 0) for (const one of all) await lastUntil(tx, deps, one, least);
  return least;
}

async function lastUntil(tx: Tx, deps: DaemonDeps, id: number, end: number): Promise<number> {
  const [row] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [id],
  );
  if (!row) return end;
  const turnover = await turnoverOf(tx, deps, row);
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
async function turnoverOf(tx: Tx, deps: DaemonDeps, allocation: AllocationRow): Promise<number> {
  const [row] = await tx.rows<{ image_id: number }>('SELECT image_id FROM reservations WHERE id = ?', [
    allocation.reservation_id ?? 0,
  ]);
  const imageId = allocation.image_id ?? row?.image_id;
  const source = { owner: deps.db, descriptors: deps.descriptors };
  const plan = imageId === undefined ? null : await planFor(tx, source, imageId);
  return plan && plan.turnover >= minute ? plan.turnover : 0;
}
