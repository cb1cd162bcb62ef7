/** Another start, length or environment for a booking that has not begun to load. */
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { bindBest } from '../../../db/repositories/booking.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { exchangeHold } from '../../../db/repositories/holds.ts';
import { moveAllocation } from '../../../db/repositories/reservations.ts';
import { moveTask } from '../../../db/repositories/tasks.ts';
import type { AllocationRow } from '../../../db/rows.ts';
import { type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { noLimits } from '../../domain/limits.ts';
import { type Decision, decide, type Possible, type Wish } from '../booking/decide.ts';
import { bumpCounter } from '../booking/limits.ts';
import { explain } from '../booking/why-not.ts';
import type { ServiceDeps } from '../deps.ts';
import type { ChangeRequest, Once } from '../services.ts';
import type { ReservationView, SignedIn, Verdict } from '../views.ts';
import { canChange, wishVersion } from './can-change.ts';
import { changeOnce, tellOwner } from './change.ts';
import { mine } from './read.ts';
import { decidedVerdict } from './verdict.ts';

/**
 * Changes a booking in one transaction: the same decision as for a new one, to which its own hold and its own count are no
 * obstacle. It keeps its machine where that fits; its old hold is given up only when the new one is there. Throws what booking
 * throws, `reservation.begun` once it loads, and `changed-meanwhile` when it is not what was shown (`version`).
 */
export async function changeBooking(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  request: ChangeRequest,
  once: Once = {},
): Promise<ReservationView> {
  const { image = null, start = null, minutes = null, revision = 0 } = request;
  const asked = { ...once, intention: 'change', details: [image, start, minutes, revision] };
  let decided: Decision | null = null;
  try {
    return await changeOnce(deps, me, id, asked, async (tx, row) => {
      const booking = await bookingOf(tx, row, request);
      if (isAsWished(row, request, booking.wish)) return;
      if (request.version !== undefined && request.version !== wishVersion(row))
        throw new LabError('changed-meanwhile');
      await bumpCounter(tx, `user:${row.user_id}`);
      decided = await decide(tx, deps, judged(me, row), booking.wish, tx);
      await changeIn(tx, me, row, booking, decided);
    });
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw await explained(deps, me, error, decided);
  }
}

interface Booking {
  readonly hold: AllocationRow;
  readonly wish: Wish;
}

/** What it holds, and what it would be. Throws once there is nothing to change any more. */
async function bookingOf(reader: Reader, row: ReservationListRow, request: ChangeRequest): Promise<Booking> {
  if (row.others > 0)
    throw new LabError('reservation.together', {
      detail: 'A booking of several machines is not changed: end it, and book them anew.',
    });
  if (row.open_ended === 1)
    throw new LabError('not-allowed', {
      detail: 'Give the server an end first: without one it has no length.',
    });
  if (!canChange(row, reader.now)) throw new LabError('reservation.begun');
  const [hold] = await reader.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [row.allocation_id ?? 0],
  );
  if (!hold) throw new LabError('reservation.state-changed');
  const window = { from: Number(hold.hold_from), until: Number(hold.hold_until) };
  const wish = {
    image: request.image ?? row.image_name,
    start: request.start ?? Number(row.start_at),
    minutes: request.minutes ?? row.minutes,
    imaging: row.imaging === 1,
    revision: await revisionOf(reader, row, request),
    isServer: row.server_name !== null,
    instead: { reservationId: row.id, nodeId: hold.node_id, hold: window },
  };
  return { hold, wish };
}

/** The one that is asked for (null: production); else the one that it has, as long as it stays with its environment. */
async function revisionOf(
  reader: Reader,
  row: ReservationListRow,
  { image = row.image_name, revision }: ChangeRequest,
): Promise<number | undefined> {
  if (revision !== undefined) return revision ?? undefined;
  if (row.revision_id === null || image !== row.image_name) return undefined;
  const [found] = await reader.rows<{ number: number }>('SELECT number FROM image_revisions WHERE id = ?', [
    row.revision_id,
  ]);
  return found?.number;
}

/** The same asked again has been done: nothing happens twice. */
function isAsWished(row: ReservationListRow, request: ChangeRequest, wish: Wish): boolean {
  return (
    request.revision === undefined &&
    wish.image === row.image_name &&
    wish.start === Number(row.start_at) &&
    wish.minutes === row.minutes
  );
}

/** What one has one may keep as long; whoever changes somebody else's has the say over their limits. */
function judged(me: SignedIn, row: ReservationListRow): SignedIn {
  if (row.user_id !== me.id || row.server_name !== null) return { ...me, limits: noLimits };
  const { initialMinutes: first } = me.limits;
  const initialMinutes = first === null ? null : Math.max(first, row.minutes);
  return { ...me, limits: { ...me.limits, initialMinutes } };
}

async function changeIn(
  tx: Tx,
  me: SignedIn,
  row: ReservationListRow,
  { hold, wish }: Booking,
  decided: Decision,
): Promise<void> {
  if (!decided.possible) throw decided.refusal;
  if (!(await moveAllocation(tx, hold.id, ['held'], 'held'))) throw new LabError('reservation.begun');
  const fresh = await takeInstead(tx, row, hold, decided);
  const { plan, start, end, minutes, startsNow, spending } = decided;
  await tx
    .table('reservations')
    .where({ id: row.id })
    .update({
      start_at: start,
      end_at: end,
      minutes,
      starts_now: startsNow ? 1 : 0,
      image_id: plan.image.id,
      revision_id: wish.revision === undefined ? null : (plan.revision?.id ?? null),
      // whoever changes somebody else's does not know what it costs them: it stays with its course
      ...(row.user_id === me.id ? { budget_course_id: spending?.course.id ?? null } : {}),
    });
  await moveTask(tx, hold.id, fresh);
  const data = {
    from: { start: Number(row.start_at), minutes: row.minutes, image: row.image_title },
    to: { start, minutes, image: plan.image.title },
  };
  await addEvent(tx, { kind: 'changed', actorId: me.id, reservationId: row.id, nodeId: fresh.node_id, data });
  if (row.user_id !== me.id) await tellOwner(tx, row, `changed-${row.version}`, { who: me.displayName });
}

async function takeInstead(
  tx: Tx,
  row: ReservationListRow,
  hold: AllocationRow,
  { want, hold: holdOf, candidates, start, end }: Possible,
): Promise<AllocationRow> {
  const wanted = { reservationId: row.id, purpose: 'reservation', start, end } as const;
  const bound = await exchangeHold(tx, hold.id, () => bindBest(tx, want, holdOf, wanted, candidates));
  const [fresh] = await tx.rows<AllocationRow>('SELECT * FROM allocations WHERE id = ?', [bound?.id ?? 0]);
  if (!fresh) throw new LabError('reservation.no-machine');
  return fresh;
}

/** With what would work instead, which is looked for when nobody waits for the transaction any more. */
async function explained(
  deps: ServiceDeps,
  me: SignedIn,
  refusal: LabError,
  decided: Decision | null,
): Promise<LabError> {
  if (decided === null) return refusal;
  const asked = decided.possible ? decided : decided.asked;
  return reading(deps.db, (reader) => explain(reader, me, { possible: false, refusal, asked }));
}

/** Could it be changed so? Reads only; changing decides again. */
export function changeVerdict(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  request: ChangeRequest,
): Promise<Verdict> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.change');
    const { wish } = await bookingOf(reader, row, request);
    return decidedVerdict(reader, deps, judged(me, row), wish);
  });
}
