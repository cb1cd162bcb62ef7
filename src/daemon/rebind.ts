import { allocationFacts } from '../../db/facts.ts';
import { bindBest, fitsSomewhere } from '../../db/repositories/booking.ts';
import { addEvent } from '../../db/repositories/events.ts';
import { releaseHold } from '../../db/repositories/holds.ts';
import { moveAllocation, patchReservation } from '../../db/repositories/reservations.ts';
import { queueTask } from '../../db/repositories/tasks.ts';
import type { AllocationRow, ReservationRow } from '../../db/rows.ts';
import type { Tx } from '../../db/transaction.ts';
import type { AllocationFacts } from '../domain/contracts/situation.ts';
import { minute } from '../domain/time.ts';
import { type Plan, planFor, planSource, wantOf, windows } from '../services/booking/plan.ts';
import type { DaemonDeps } from './deps.ts';
import { placeOf } from './task-place.ts';

interface Bound {
  readonly allocation: AllocationRow;
  readonly reservation: ReservationRow;
  readonly plan: Plan;
}

/** A live allocation of a reservation with how it could be served, its guard row changed first; null when there is none. */
async function boundOf(tx: Tx, deps: DaemonDeps, id: number): Promise<Bound | null> {
  const live = 'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL';
  const [before] = await tx.rows<AllocationRow>(live, [id]);
  if (!before || before.reservation_id === null) return null;
  const reservationId = before.reservation_id;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [reservationId]);
  const [allocation] = await tx.rows<AllocationRow>(live, [id]);
  const [reservation] = await tx.rows<ReservationRow>('SELECT * FROM reservations WHERE id = ?', [
    reservationId,
  ]);
  if (!allocation || !reservation) return null;
  const source = planSource(deps, reservation.imaging === 1);
  const asked = reservation.revision_id === null ? null : { id: reservation.revision_id };
  const plan = await planFor(tx, source, reservation.image_id, asked);
  return plan && { allocation, reservation, plan };
}

/** Machines on which a load of this reservation has failed. */
async function failedOn(tx: Tx, { reservation }: Bound): Promise<number[]> {
  const rows = await tx.rows<{ node_id: number }>(
    "SELECT node_id FROM allocations WHERE reservation_id = ? AND state = 'failed'",
    [reservation.id],
  );
  return rows.map((row) => row.node_id);
}

/**
 * The time it is to have on another machine, best first. What begins late is to have all its minutes, and where no machine
 * has so many, those that are left.
 */
function spansOf({ reservation, plan }: Bound, now: number) {
  const start = Number(reservation.start_at);
  if (start > now) return [windows(plan, start, reservation.minutes, false)];
  const whole = windows(plan, now, reservation.minutes, true);
  const left = Math.round((Number(reservation.end_at) - now) / minute);
  if (reservation.starts_now === 1 || left < 1 || left >= reservation.minutes) return [whole];
  return [whole, windows(plan, now, left, true)];
}

/**
 * Another node for a live allocation, never a failed one; null when none is free. The old one is released, or stays on its
 * node until that is clean (`broken`).
 */
export async function rebind(
  tx: Tx,
  deps: DaemonDeps,
  id: number,
  options: { broken: boolean },
): Promise<AllocationFacts | null> {
  const old = await boundOf(tx, deps, id);
  if (!old) return null;
  const { reservation, plan, allocation } = old;
  const except = [...(await failedOn(tx, old)), allocation.node_id];
  const startsNow = Number(reservation.start_at) <= tx.now;
  const want = { ...wantOf(plan, startsNow, except), soundOnly: true };
  for (const [rank, span] of spansOf(old, tx.now).entries()) {
    const wanted = { reservationId: reservation.id, purpose: 'reservation', ...span } as const;
    const bound = await bindBest(tx, want, span.hold, wanted);
    if (!bound) continue;
    if (options.broken) await moveAllocation(tx, id, ['held', 'loading'], 'failed');
    else await releaseHold(tx, id);
    if (rank === 0) await patchReservation(tx, reservation.id, { end: span.end });
    const [fresh] = await tx.rows<AllocationRow>('SELECT * FROM allocations WHERE id = ?', [bound.id]);
    return fresh ? allocationFacts(fresh) : null;
  }
  return null;
}

/** Moves a booking whose load has not begun to another node, with its task; false when it has begun or none is free. */
export async function moveBooking(tx: Tx, deps: DaemonDeps, id: number, because: string): Promise<boolean> {
  if (!(await moveAllocation(tx, id, ['held'], 'held'))) return false;
  const moved = await rebind(tx, deps, id, { broken: false });
  if (!moved) return false;
  const task = {
    action: 'new',
    targetType: 'allocation',
    targetId: moved.id,
    runAfter: moved.holdFrom,
  } as const;
  const where = await placeOf(tx, deps, { place_id: null }, task);
  await queueTask(tx, task, where);
  const { reservationId = null, nodeId = null } = where;
  await addEvent(tx, { kind: 'moved', reservationId, nodeId, data: { because } });
  return true;
}

/** Can waiting still give this allocation's person a machine: is there one that fits, once it is free and in order? */
export async function canServe(tx: Tx, deps: DaemonDeps, id: number): Promise<boolean> {
  const bound = await boundOf(tx, deps, id);
  return bound !== null && fitsSomewhere(tx, wantOf(bound.plan, true, await failedOn(tx, bound)));
}
