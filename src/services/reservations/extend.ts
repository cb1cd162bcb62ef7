import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { setExtra } from '../../../db/repositories/class-time.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { moveHoldEnd } from '../../../db/repositories/holds.ts';
import { putAway } from '../../../db/repositories/notices.ts';
import { reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { isCapturing } from '../../domain/states.ts';
import { ceilQuarter, inWords, minute } from '../../domain/time.ts';
import { bumpCounter } from '../booking/limits.ts';
import { makeRoom } from '../booking/make-room.ts';
import type { MoveDeps } from '../booking/move.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Once } from '../services.ts';
import type { ExtensionView, ReservationView, SignedIn } from '../views.ts';
import { changeOnce, wakeWatch } from './change.ts';
import {
  costOfMore,
  type Extended,
  extendedOf,
  type Hold,
  realLimit,
  roomFor,
  ruleLimit,
} from './extension.ts';
import { mine } from './read.ts';

/** How far it may be extended, shown before asking: the group's limits, the environment's, the next booking that cannot be moved. */
export function extension(deps: ServiceDeps, me: SignedIn, id: number): Promise<ExtensionView> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.change');
    const none = { mostMinutes: 0, latestEnd: Number(row.end_at) };
    if (row.state === 'offered') return { ...none, because: 'it is offered, and not accepted yet' };
    const extended = await extendedOf(reader, deps, row);
    return extended ? realLimit(reader, deps, me, extended) : { ...none, because: 'it has ended' };
  });
}

/**
 * Extends it: limits counted again, later bookings that have not begun loading moved out of its way, and its hold, in one
 * transaction or not at all. 409 with what is possible when it is more.
 */
export async function extend(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  minutes: number,
  once: Once = {},
): Promise<ReservationView> {
  checkMinutes(minutes);
  const asked = { ...once, intention: 'extend', details: [minutes] };
  return changeOnce(deps, me, id, asked, async (tx, row) => {
    const extended = await extendedOf(tx, deps, row);
    if (!extended || row.state === 'offered') throw new LabError('reservation.state-changed');
    await bumpCounter(tx, `user:${row.user_id}`);
    for (const { image } of extended.images.toSorted((a, b) => a.image.id - b.image.id))
      if (image.max_at_once !== null) await bumpCounter(tx, `image:${image.id}`);
    if (row.block_date_id !== null) await leaveClass(tx, me, extended, row.block_date_id);
    await moveEnd(tx, deps, me, extended, minutes);
    await addEvent(tx, { kind: 'extended', actorId: me.id, reservationId: id, data: { minutes } });
  });
}

/** Who keeps a seat longer than its class stays on by themselves: from now on it is a reservation as any other, and counts as one. */
async function leaveClass(tx: Tx, me: SignedIn, extended: Extended, dateId: number): Promise<void> {
  const { row, holds } = extended;
  const spending = await costOfMore(tx, me, extended);
  const costs = spending && { budget_course_id: spending.course.id, budget_free_until: Number(row.end_at) };
  await tx
    .table('reservations')
    .where({ id: row.id })
    .update({ block_date_id: null, ...costs });
  for (const { allocation } of holds)
    await tx.table('allocations').where({ id: allocation.id }).update({ purpose: 'reservation' });
  // no other seat is to be kept for them
  await setExtra(tx, dateId, row.user_id, 0);
  await putAway(tx, row.id, 'classends');
  await addEvent(tx, { kind: 'stayed-on', actorId: me.id, reservationId: row.id });
}

function checkMinutes(minutes: number): void {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 400 * 24 * 60) {
    throw invalid('minutes', 'A whole number of minutes, at least 1.');
  }
}

/** Lets it last until `end`, sooner or later than it does: as `extend` and `shorten` do. */
export async function lastUntil(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  extended: Extended,
  end: number,
): Promise<void> {
  const more = Math.round((end - Number(extended.row.end_at)) / minute);
  if (more > 0) await moveEnd(tx, deps, me, extended, more);
  if (more < 0) await giveBack(tx, extended, -more);
}

async function moveEnd(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  extended: Extended,
  minutes: number,
): Promise<void> {
  const { row } = extended;
  const end = Number(row.end_at) + minutes * minute;
  if (end > (await ruleLimit(tx, deps, me, extended)).until)
    throw tooLong(await realLimit(tx, deps, me, extended));
  if (await carryUntil(tx, deps, extended, end)) return;
  const most = await realLimit(tx, deps, me, extended);
  throw most.mostMinutes < minutes ? tooLong(most) : notAllAtOnce();
}

/** Of several machines each could be kept so long by itself: what is booked after them would want the same other machine. */
function notAllAtOnce(): LabError {
  return new LabError('reservation.extend-blocked', {
    detail: 'What is booked on its machines after that cannot all go to others. Try less.',
  });
}

/** Holds it until `end`, whatever rules say; bookings that are in the way are moved. False, and nothing has changed, where one cannot be. */
export async function carryUntil(
  tx: Tx,
  deps: MoveDeps,
  { row, holds }: Extended,
  end: number,
): Promise<boolean> {
  return tx.savepoint(async () => {
    for (const hold of inOrder(holds)) if (!(await holdUntil(tx, deps, hold, end))) return false;
    await setEnd(tx, row, end);
    return true;
  });
}

/** By node, as everybody takes them. */
function inOrder(holds: readonly Hold[]): Hold[] {
  return holds.toSorted((a, b) => a.allocation.node_id - b.allocation.node_id);
}

async function holdUntil(tx: Tx, deps: MoveDeps, hold: Hold, end: number): Promise<boolean> {
  const { id, hold_until: old } = hold.allocation;
  const room = roomFor(hold, end);
  const stay = room === null ? [] : await makeRoom(tx, deps, room, 'The one before needs it longer.', all);
  return stay.length === 0 && (await moveHoldEnd(tx, id, room?.window.until ?? Number(old), end));
}

const all = { all: true };

/** What is promised from ready on changes with it, and who watches it looks again. */
async function setEnd(tx: Tx, row: ReservationListRow, end: number): Promise<void> {
  const more = Math.round((end - Number(row.end_at)) / minute);
  await tx
    .table('reservations')
    .where({ id: row.id })
    .update({ end_at: end, minutes: Math.max(1, row.minutes + more) });
  await wakeWatch(tx, row.id);
}

function tooLong(most: ExtensionView): LabError {
  const { mostMinutes: minutes, because } = most;
  if (minutes === 0)
    return new LabError('reservation.extend-blocked', { detail: `It cannot be extended: ${because}.` });
  const words = inWords(minutes * minute);
  return new LabError('reservation.extend-limit', {
    detail: `It can be extended by at most ${words}: ${because}.`,
    alternatives: [{ kind: 'minutes', minutes, label: `Extend by ${words}` }],
  });
}

/** Gives back so much of its end: the whole quarters that it frees are others' at once. It ends no sooner than in a minute. */
export function shorten(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  minutes: number,
  once: Once = {},
): Promise<ReservationView> {
  checkMinutes(minutes);
  const asked = { ...once, intention: 'shorten', details: [minutes] };
  return changeOnce(deps, me, id, asked, async (tx, row) => {
    const shortened = await extendedOf(tx, deps, row);
    if (!shortened || isCapturing(row.state)) throw new LabError('reservation.state-changed');
    await giveBack(tx, shortened, minutes);
    await addEvent(tx, { kind: 'shortened', actorId: me.id, reservationId: id, data: { minutes } });
  });
}

async function giveBack(tx: Tx, { row, holds }: Extended, minutes: number): Promise<void> {
  const end = Number(row.end_at) - minutes * minute;
  if (end < Math.max(tx.now, Number(row.start_at)) + minute) throw tooShort(row, tx.now);
  for (const { allocation, turnover } of inOrder(holds)) {
    const until = Math.min(Number(allocation.hold_until), ceilQuarter(end + turnover));
    if (!(await moveHoldEnd(tx, allocation.id, until, end))) throw new LabError('reservation.state-changed');
  }
  await setEnd(tx, row, end);
}

function tooShort(row: ReservationListRow, now: number): LabError {
  const left = Number(row.end_at) - Math.max(now, Number(row.start_at));
  const most = Math.floor(left / minute) - 1;
  const detail =
    most < 1
      ? 'Nothing of it can be given back.'
      : `At most ${inWords(most * minute)} of it can be given back.`;
  return new LabError('reservation.shorten-limit', {
    fields: { minutes: detail },
    detail: `${detail} End it where you need it no more.`,
    alternatives:
      most < 1 ? [] : [{ kind: 'minutes', minutes: most, label: `Give ${inWords(most * minute)} back` }],
  });
}
