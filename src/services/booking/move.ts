/** A booking whose load has not begun goes to another node, in its caller's transaction. */
import { bindBest } from '../../../db/repositories/booking.ts';
import { findCandidates, fitsSomewhere } from '../../../db/repositories/candidates.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { exchangeHold } from '../../../db/repositories/holds.ts';
import { moveAllocation, patchReservation } from '../../../db/repositories/reservations.ts';
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
  readonly reservation: ReservationRow;
  readonly plan: Plan;
  /** The node that it is to go to; else any that fits. */
  readonly to?: number | undefined;
  /** Its own node, and those on which a load of this reservation has failed. */
  readonly except: readonly number[];
}

async function bookingOf(reader: Reader, deps: MoveDeps, id: number): Promise<Booking | null> {
  const [allocation] = await reader.rows<AllocationRow>(
    "SELECT * FROM allocations WHERE id = ? AND released_at IS NULL AND purpose IN ('reservation', 'offer')",
    [id],
  );
  const [reservation] = await reader.rows<ReservationRow>('SELECT * FROM reservations WHERE id = ?', [
    allocation?.reservation_id ?? 0,
  ]);
  if (!allocation || !reservation) return null;
  const asked = reservation.revision_id === null ? null : { id: reservation.revision_id };
  const source = planSource(deps, reservation.imaging === 1);
  const plan = await planFor(reader, source, reservation.image_id, asked);
  if (!plan) return null;
  const failed = await reader.rows<{ node_id: number }>(
    "SELECT node_id FROM allocations WHERE reservation_id = ? AND state = 'failed'",
    [reservation.id],
  );
  return { allocation, reservation, plan, except: [allocation.node_id, ...failed.map((row) => row.node_id)] };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly hold: (loaded: boolean) => Window;
}

/**
 * The time it is to have on another node, best first. One that is still to come keeps its hold to the quarter: what could be
 * moved a moment ago can be moved now. What begins late is to have all its minutes, and where no node has so many, those that are left.
 */
function spansOf({ allocation, reservation, plan }: Booking, now: number): Span[] {
  const start = Number(reservation.start_at);
  if (start > now) {
    const from = Math.max(Number(allocation.hold_from), floorQuarter(now));
    const hold = () => ({ from, until: Number(allocation.hold_until) });
    return [{ start, end: Number(allocation.end_at), hold }];
  }
  const whole = windows(plan, now, reservation.minutes, true);
  const left = Math.round((Number(reservation.end_at) - now) / minute);
  if (reservation.starts_now === 1 || left < 1 || left >= reservation.minutes) return [whole];
  return [whole, windows(plan, now, left, true)];
}

function wanted({ reservation, plan, except, to }: Booking, now: number): Want {
  return { ...wantOf(plan, Number(reservation.start_at) <= now, except), soundOnly: true, onlyNode: to };
}

/** Binds a live allocation's reservation to another node, its guard row changed first; the new allocation, or null where none is free. */
async function bindElsewhere(
  tx: Tx,
  booking: Booking,
  giveUp: (bind: () => Promise<number | null>) => Promise<number | null>,
): Promise<AllocationRow | null> {
  const { reservation, allocation } = booking;
  for (const [rank, span] of spansOf(booking, tx.now).entries()) {
    const row = { reservationId: reservation.id, purpose: allocation.purpose, ...span };
    const id = await giveUp(
      async () => (await bindBest(tx, wanted(booking, tx.now), span.hold, row))?.id ?? null,
    );
    if (id === null) continue;
    if (rank === 0) await patchReservation(tx, reservation.id, { end: span.end });
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
  await touch(tx, id);
  const found = await bookingOf(tx, deps, id);
  if (!found) return null;
  const booking = { ...found, to };
  const fresh = await bindElsewhere(tx, booking, (bind) => (broken ? bind() : exchangeHold(tx, id, bind)));
  if (fresh && broken) await moveAllocation(tx, id, ['held', 'loading'], 'failed');
  return fresh;
}

/** Its reservation's guard row comes before anything of its allocations. */
async function touch(tx: Tx, id: number): Promise<void> {
  await tx.change(
    'UPDATE reservations SET version = version + 1 WHERE id = (SELECT reservation_id FROM allocations WHERE id = ?)',
    [id],
  );
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
  await moveTask(tx, id, fresh);
  await addEvent(tx, { kind: 'moved', reservationId, nodeId, data: { because }, ...by });
  return true;
}

/** Some of the nodes to which a booking whose load has not begun could go, best first; empty where it cannot. */
export async function movesTo(reader: Reader, deps: MoveDeps, id: number): Promise<number[]> {
  const booking = await bookingOf(reader, deps, id);
  if (booking?.allocation.state !== 'held') return [];
  for (const span of spansOf(booking, reader.now)) {
    const found = await findCandidates(reader, wanted(booking, reader.now), span.hold);
    if (found.length > 0) return found.map(({ nodeId }) => nodeId);
  }
  return [];
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

/** A node and a time in which it is wanted for something else. */
export interface Room {
  readonly nodeId: number;
  readonly window: Window;
  /** The allocation that it is wanted for, where that is on the node already. */
  readonly besides?: number;
}

/** The live allocations whose hold touches the window, the soonest first. */
export function heldWithin(reader: Reader, { nodeId, window, besides = 0 }: Room): Promise<AllocationRow[]> {
  return reader.rows(
    'SELECT * FROM allocations WHERE node_id = ? AND released_at IS NULL AND hold_until > ? AND hold_from < ? AND id <> ? ORDER BY hold_from',
    [nodeId, window.from, window.until, besides],
  );
}

/** What holds the node first in that time and cannot be moved; null where all could be. Reads only: `makeRoom` moves them. */
export async function firstStuck(reader: Reader, deps: MoveDeps, room: Room): Promise<AllocationRow | null> {
  for (const allocation of await heldWithin(reader, room))
    if (!(await isMovable(reader, deps, allocation))) return allocation;
  return null;
}

/** Has its load not begun, and is another node free for it, none of `besides`? */
export async function isMovable(
  reader: Reader,
  deps: MoveDeps,
  allocation: AllocationRow,
  besides: readonly number[] = [],
): Promise<boolean> {
  if (allocation.state !== 'held') return false;
  const found = await bookingOf(reader, deps, allocation.id);
  if (!found) return false;
  const booking = { ...found, except: [...found.except, ...besides] };
  for (const span of spansOf(booking, reader.now))
    if ((await findCandidates(reader, wanted(booking, reader.now), span.hold)).length > 0) return true;
  return false;
}

/**
 * Moves what is booked on a node within a window to other nodes, the soonest first. What could not be moved stays, and is
 * answered; with `all`, nothing is moved then.
 */
export async function makeRoom(
  tx: Tx,
  deps: MoveDeps,
  room: Room,
  because: string,
  { all = false }: { readonly all?: boolean } = {},
): Promise<AllocationRow[]> {
  const stay: AllocationRow[] = [];
  await tx.savepoint(async () => {
    for (const allocation of await heldWithin(tx, room)) {
      if (await moveBooking(tx, deps, allocation.id, because)) continue;
      stay.push(allocation);
      if (all) return false;
    }
    return true;
  });
  return stay;
}

/** Can waiting still give this allocation's person a machine: is there one that fits, once it is free and in order? */
export async function canServe(tx: Tx, deps: MoveDeps, id: number): Promise<boolean> {
  await touch(tx, id);
  const booking = await bookingOf(tx, deps, id);
  if (!booking) return false;
  const [, ...failed] = booking.except;
  return fitsSomewhere(tx, wantOf(booking.plan, true, failed));
}
