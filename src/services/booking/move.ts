/** A booking whose load has not begun goes to another node, in its caller's transaction. */
import { bindBest } from '../../../db/repositories/booking.ts';
import { findCandidates, fitsSomewhere } from '../../../db/repositories/candidates.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { exchangeHold } from '../../../db/repositories/holds.ts';
import { moveAllocation, patchReservation } from '../../../db/repositories/reservations.ts';
import { passClaim } from '../../../db/repositories/seats.ts';
import { moveTask } from '../../../db/repositories/tasks.ts';
import type { Want } from '../../../db/repositories/want.ts';
import type { AllocationRow, ReservationRow } from '../../../db/rows.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { floorQuarter, minute, type Window } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { type Plan, planFor, planSource, wantOf, windows } from './plan.ts';

/** What moving needs of what services are made from. */
export type MoveDeps = Pick<ServiceDeps, 'db' | 'descriptors'>;

interface Booking {
  readonly allocation: AllocationRow;
  /** Null of a seat that nobody has claimed. */
  readonly reservation: ReservationRow | null;
  readonly plan: Plan;
  /** The node that it is to go to; else any that fits. */
  readonly to?: number | undefined;
  /** Its own node, and those on which a load for it has failed. */
  readonly except: readonly number[];
  /** The pool that it stays in: of several machines that are had together. */
  readonly poolId: number | null;
}

async function bookingOf(reader: Reader, deps: MoveDeps, id: number): Promise<Booking | null> {
  const [allocation] = await reader.rows<AllocationRow>(
    "SELECT * FROM allocations WHERE id = ? AND released_at IS NULL AND purpose IN ('reservation', 'offer', 'block')",
    [id],
  );
  if (!allocation) return null;
  const [reservation = null] = await reader.rows<ReservationRow>('SELECT * FROM reservations WHERE id = ?', [
    allocation.reservation_id ?? 0,
  ]);
  return bookingWith(reader, deps, allocation, reservation);
}

async function bookingWith(
  reader: Reader,
  deps: MoveDeps,
  allocation: AllocationRow,
  reservation: ReservationRow | null,
): Promise<Booking | null> {
  const { reservation_id: reservationId, block_date_id: dateId, seat } = allocation;
  const plan = await planOf(reader, deps, allocation, reservation);
  if (!plan) return null;
  const failed = await reader.rows<{ node_id: number }>(
    "SELECT node_id FROM allocations WHERE state = 'failed' AND (reservation_id = ? OR (block_date_id = ? AND seat = ?))",
    [reservationId ?? 0, dateId ?? 0, seat ?? 0],
  );
  const except = [allocation.node_id, ...failed.map((row) => row.node_id)];
  return { allocation, reservation, plan, except, poolId: await poolOfCluster(reader, allocation) };
}

/** Null of one machine by itself. */
async function poolOfCluster(
  reader: Reader,
  { reservation_id: id, node_id }: AllocationRow,
): Promise<number | null> {
  if (id === null) return null;
  const [row] = await reader.rows<{ pool_id: number }>(
    'SELECT n.pool_id FROM nodes n WHERE n.id = ? AND EXISTS (SELECT 1 FROM allocations o WHERE o.reservation_id = ? AND o.member > 0)',
    [node_id, id],
  );
  return row?.pool_id ?? null;
}

/** Of who has it, else of the class that it is for. */
async function planOf(
  reader: Reader,
  deps: MoveDeps,
  { block_date_id: dateId, image_id: memberImage }: AllocationRow,
  reservation: ReservationRow | null,
): Promise<Plan | null> {
  if (memberImage !== null) return planFor(reader, planSource(deps, false), memberImage);
  if (reservation) {
    const asked = reservation.revision_id === null ? null : { id: reservation.revision_id };
    return planFor(reader, planSource(deps, reservation.imaging === 1), reservation.image_id, asked);
  }
  const [date] = await reader.rows<{ image_id: number }>('SELECT image_id FROM block_dates WHERE id = ?', [
    dateId ?? 0,
  ]);
  return date ? planFor(reader, planSource(deps, false), date.image_id) : null;
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly hold: (loaded: boolean) => Window;
}

/**
 * The time it is to have on another node, best first. One that is still to come keeps its hold to the quarter: what could be
 * moved a moment ago can be moved now. So does a seat of a class, which ends with that, and what was theirs on a machine that went
 * down. What begins late is to have all its minutes, and where no node has so many, those that are left.
 */
function spansOf({ allocation, reservation, plan }: Booking, now: number): Span[] {
  const start = Number(reservation?.start_at ?? allocation.start_at);
  const wasTheirs = reservation?.state === 'new' && reservation.ready_at !== null;
  if (start > now || allocation.block_date_id !== null || reservation === null || wasTheirs) {
    const from = Math.max(Number(allocation.hold_from), floorQuarter(now));
    const hold = () => ({ from, until: Number(allocation.hold_until) });
    return [{ start, end: Number(allocation.end_at), hold }];
  }
  const whole = windows(plan, now, reservation.minutes, true);
  const left = Math.round((Number(reservation.end_at) - now) / minute);
  if (reservation.starts_now === 1 || left < 1 || left >= reservation.minutes) return [whole];
  return [whole, windows(plan, now, left, true)];
}

/** What is loaded before its start must be free by then. */
function wanted({ allocation, reservation, plan, except, to, poolId }: Booking, now: number): Want {
  const begins = allocation.block_date_id === null ? reservation?.start_at : allocation.hold_from;
  const want = { ...wantOf(plan, Number(begins) <= now, except), soundOnly: true, onlyNode: to };
  return poolId === null ? want : { ...want, poolIds: want.poolIds.filter((id) => id === poolId) };
}

/** Binds a live allocation's reservation to another node, its guard row changed first; the new allocation, or null where none is free. */
async function bindElsewhere(
  tx: Tx,
  booking: Booking,
  giveUp: (bind: () => Promise<number | null>) => Promise<number | null>,
): Promise<AllocationRow | null> {
  const { allocation, reservation } = booking;
  const {
    purpose,
    block_date_id: blockDateId,
    seat,
    member_name: memberName,
    image_id: imageId,
  } = allocation;
  const member = { member: allocation.member, memberName, memberRole: allocation.member_role, imageId };
  for (const [rank, span] of spansOf(booking, tx.now).entries()) {
    const row = {
      reservationId: reservation?.id ?? null,
      purpose,
      blockDateId,
      seat,
      member,
      ...span,
    } as const;
    const id = await giveUp(
      async () => (await bindBest(tx, wanted(booking, tx.now), span.hold, row))?.id ?? null,
    );
    if (id === null) continue;
    if (rank === 0 && reservation) await patchReservation(tx, reservation.id, { end: span.end });
    if (allocation.claimed_by !== null) await passClaim(tx, allocation, id);
    const [fresh] = await tx.rows<AllocationRow>('SELECT * FROM allocations WHERE id = ?', [id]);
    return fresh ?? null;
  }
  return null;
}

/**
 * Another node for a live allocation, never a failed one; null when none is free. The old one is released, or stays on its
 * node until that is clean (`broken`). What loads it is the caller's to queue.
 */
export async function rebind(
  tx: Tx,
  deps: MoveDeps,
  id: number,
  { broken, to }: { readonly broken: boolean; readonly to?: number | undefined },
): Promise<AllocationRow | null> {
  await guardBooking(tx, id);
  const found = await bookingOf(tx, deps, id);
  if (!found) return null;
  const booking = { ...found, to };
  const fresh = await bindElsewhere(tx, booking, (bind) => (broken ? bind() : exchangeHold(tx, id, bind)));
  if (fresh && broken) await moveAllocation(tx, id, ['held', 'loading', 'ready'], 'failed');
  return fresh;
}

/** The same for a machine that somebody had: its allocation stays on its node until that is clean. */
export async function replaceHad(tx: Tx, deps: MoveDeps, id: number): Promise<AllocationRow | null> {
  await guardBooking(tx, id);
  const booking = await bookingOf(tx, deps, id);
  const fresh = booking && (await bindElsewhere(tx, booking, (bind) => bind()));
  if (fresh) await moveAllocation(tx, id, ['ready', 'inuse'], 'failed');
  return fresh;
}

/** Another machine for a seat of a class that was lost: its own failed, and none was free. Null while none is. */
export async function replaceLost(tx: Tx, deps: MoveDeps, id: number): Promise<AllocationRow | null> {
  await tx.change('UPDATE allocations SET seat = seat WHERE id = ?', [id]);
  const [allocation] = await tx.rows<AllocationRow>(
    `SELECT * FROM allocations a WHERE id = ? AND state = 'failed' AND end_at > ?
       AND NOT EXISTS (SELECT 1 FROM allocations o WHERE o.block_date_id = a.block_date_id AND o.seat = a.seat AND o.id > a.id)`,
    [id, tx.now],
  );
  const booking = allocation && (await bookingWith(tx, deps, { ...allocation, claimed_by: null }, null));
  // one on which it failed and that is free again was repaired
  return booking ? bindElsewhere(tx, { ...booking, except: [] }, (bind) => bind()) : null;
}

/** Its reservation's guard row comes before anything of its allocations; a seat is its own. */
export async function guardBooking(tx: Tx, id: number): Promise<void> {
  await tx.change(
    'UPDATE reservations SET version = version + 1 WHERE id = (SELECT reservation_id FROM allocations WHERE id = ?)',
    [id],
  );
  await tx.change('UPDATE allocations SET seat = seat WHERE id = ? AND reservation_id IS NULL', [id]);
}

/** Where a booking is to go, and whose order that is; else any node that fits, by itself. */
export interface Moving {
  readonly to?: number | undefined;
  readonly actorId?: number;
}

/** Moves a booking to another node, with its task; false when its load has begun or no node is free: nothing has changed then. */
export async function moveBooking(
  tx: Tx,
  deps: MoveDeps,
  id: number,
  because: string,
  { to, ...by }: Moving = {},
): Promise<boolean> {
  if (!(await moveAllocation(tx, id, ['held'], 'held'))) return false;
  const fresh = await rebind(tx, deps, id, { broken: false, to });
  if (!fresh) return false;
  const { reservation_id: reservationId, node_id: nodeId } = fresh;
  // a seat that nobody has claimed is loaded with the others of its class
  if (reservationId !== null) await moveTask(tx, id, fresh);
  await addEvent(tx, { kind: 'moved', reservationId, nodeId, data: { because }, ...by });
  return true;
}

/**
 * Some of the nodes to which a booking whose load has not begun could go, none of `besides`, best first; empty where it cannot. Only reads.
 */
export async function movesTo(
  reader: Reader,
  deps: MoveDeps,
  id: number,
  besides: readonly number[] = [],
): Promise<number[]> {
  const found = await bookingOf(reader, deps, id);
  if (found?.allocation.state !== 'held') return [];
  const booking = { ...found, except: [...found.except, ...besides] };
  for (const span of spansOf(booking, reader.now)) {
    const places = await findCandidates(reader, wanted(booking, reader.now), span.hold);
    if (places.length > 0) return places.map(({ nodeId }) => nodeId);
  }
  return [];
}

/** Has its load not begun, and is another node free for it, none of `besides`? */
export async function isMovable(
  reader: Reader,
  deps: MoveDeps,
  { id, state }: Pick<AllocationRow, 'id' | 'state'>,
  besides: readonly number[] = [],
): Promise<boolean> {
  return state === 'held' && (await movesTo(reader, deps, id, besides)).length > 0;
}

/** All of these bookings or none: false where one of them could not, and then nothing has changed. */
export function moveBookings(
  tx: Tx,
  deps: MoveDeps,
  ids: readonly number[],
  because: string,
): Promise<boolean> {
  return tx.savepoint(async () => {
    for (const id of ids) if (!(await moveBooking(tx, deps, id, because))) return false;
    return true;
  });
}

/** Can waiting still give this allocation's person a machine: is there one that fits, once it is free and in order? */
export async function canServe(tx: Tx, deps: MoveDeps, id: number): Promise<boolean> {
  await guardBooking(tx, id);
  const booking = await bookingOf(tx, deps, id);
  if (!booking) return false;
  const [, ...failed] = booking.except;
  const want = wantOf(booking.plan, true, failed);
  return fitsSomewhere(tx, booking.poolId === null ? want : { ...want, poolIds: [booking.poolId] });
}
