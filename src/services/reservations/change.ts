import { otherMachines } from '../../../db/queries/other-machines.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { giveUpRevision } from '../../../db/repositories/captures.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { holdMargin, moveHoldEnd } from '../../../db/repositories/holds.ts';
import { taintNode } from '../../../db/repositories/nodes.ts';
import { addNotice, putAway } from '../../../db/repositories/notices.ts';
import { moveReservation } from '../../../db/repositories/reservations.ts';
import { queueTask, stopTasksOf, wakeTask } from '../../../db/repositories/tasks.ts';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import type { TaskAction } from '../../domain/contracts/task.ts';
import { LabError } from '../../domain/errors.ts';
import { isLive, reservationStates } from '../../domain/states.ts';
import { ceilQuarter } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../services.ts';
import type { ReservationView, SignedIn } from '../views.ts';
import { offerEnded } from '../waiting/offer-ended.ts';
import { getReservation, mine } from './read.ts';

/** Changes one's reservation in one transaction, its guard row first, and answers with what it is then. */
async function change(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  work: (tx: Tx, row: ReservationListRow) => Promise<void>,
): Promise<ReservationView> {
  await inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
    await work(tx, await mine(tx, me, id, 'reservation.change'));
  });
  return getReservation(deps, me, id);
}

/** The same, happening once for a key. */
export function changeOnce(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  asked: Once & { readonly intention: string; readonly details?: readonly (string | number | null)[] },
  work: (tx: Tx, row: ReservationListRow) => Promise<void>,
): Promise<ReservationView> {
  return change(deps, me, id, async (tx, row) => {
    await doOnce(tx, me, asked, [asked.intention, id, ...(asked.details ?? [])], async () => {
      await work(tx, row);
      return id;
    });
  });
}

const live = reservationStates.filter(isLive);

/** Ending is accepted in every live state: the state moves, what runs is told to stop, the reclaim is queued, in one transaction. */
export function endReservation(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  reason = '',
): Promise<ReservationView> {
  return change(deps, me, id, async (tx, row) => {
    const ends = isLive(row.state);
    await endIn(tx, me, row, reason);
    const by = `${me.displayName} ended it${reason ? `: ${reason}` : '.'}`;
    if (ends && row.user_id !== me.id) await tellOwner(tx, row, 'ended', { reason: by });
  });
}

/** Whose it is is told, on the page and by mail, what somebody else did to it; once per key. */
export async function tellOwner(tx: Tx, row: ReservationListRow, key: string, facts: object): Promise<void> {
  const notice = await addNotice(tx, row.id, key, facts);
  if (notice === null) return;
  await queueTask(tx, { action: 'notify', targetType: 'notice', targetId: notice }, whereOf(row));
}

/** The same for its row, whose guard was changed first. */
export async function endIn(
  tx: Tx,
  me: Pick<SignedIn, 'id'>,
  row: ReservationListRow,
  reason: string,
): Promise<void> {
  const { id } = row;
  if (!isLive(row.state)) return;
  if (row.state === 'offered') await offerEnded(tx, row, me.id);
  await moveReservation(tx, id, live, 'deleted', reason ? { reason } : {}, me.id);
  if (row.capture_revision_id !== null) await giveUpRevision(tx, row.capture_revision_id);
  await reclaim(tx, row);
  await addEvent(tx, {
    kind: 'end-asked',
    actorId: me.id,
    reservationId: id,
    data: reason ? { reason } : {},
  });
}

/** An offer that is nobody's any more: ended as a person would, by nobody. */
export async function giveUpOffer(tx: Tx, row: ReservationListRow, reason: string): Promise<void> {
  if (await moveReservation(tx, row.id, ['offered'], 'deleted', { reason })) await reclaim(tx, row);
}

/** What runs for it is told to stop, and its machine is taken back. */
async function reclaim(tx: Tx, row: ReservationListRow): Promise<void> {
  const { id } = row;
  if (row.state === 'offered') await putAway(tx, id, 'offered');
  await stopTasksOf(tx, id, ['deleted', 'timeout', 'notify']);
  if (!row.allocation_id) return;
  await queueTask(tx, { action: 'deleted', targetType: 'reservation', targetId: id }, whereOf(row));
  await giveBackRest(tx, row);
}

/** An early end gives back at once the whole quarters after now and the expected reclaim; the rest when the node is clean. */
async function giveBackRest(tx: Tx, row: ReservationListRow): Promise<void> {
  const holds = await tx.rows<Hold>(
    "SELECT id, hold_from, hold_until, end_at FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND state NOT IN ('held', 'failed') ORDER BY node_id",
    [row.id],
  );
  for (const hold of holds) await giveBack(tx, hold);
}

type Hold = Pick<AllocationRow, 'id' | 'hold_from' | 'hold_until' | 'end_at'>;

async function giveBack(tx: Tx, hold: Hold): Promise<void> {
  const turnover = Math.max(0, Number(hold.hold_until) - Number(hold.end_at));
  const until = ceilQuarter(Math.max(tx.now + Math.max(turnover, holdMargin), Number(hold.hold_from) + 1));
  if (until < Number(hold.hold_until))
    await moveHoldEnd(tx, hold.id, until, Math.min(Number(hold.end_at), tx.now));
}

function whereOf(row: ReservationListRow) {
  return { placeId: row.place_id, reservationId: row.id };
}

/** *Keep it*: once, to the planned end, no time-out for not being connected. */
export function keepReservation(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: 'keep' }, async (tx, row) => {
    if (!isLive(row.state)) throw new LabError('reservation.state-changed');
    await tx.table('reservations').where({ id }).update({ keep_until_end: 1 });
    await addEvent(tx, { kind: 'kept', actorId: me.id, reservationId: id });
    await wakeWatch(tx, id);
  });
}

/** Its watching task looks again at once. */
export async function wakeWatch(tx: Tx, id: number): Promise<void> {
  for (const action of ['reserved', 'inuse'] as const) await wakeTask(tx, action, 'reservation', id);
}

/** `reboot` and `reinstall`: the reservation's own activity, from in use and back. */
export function startActivity(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  activity: 'reboot' | 'reinstall',
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: activity }, async (tx, row) => {
    refuseSimulated(deps, row);
    if (row.others > 0)
      throw new LabError('reservation.together', {
        detail: `Machines that are had together are restarted from inside.`,
      });
    const moved = await moveReservation(tx, id, ['reserved', 'inuse'], activity);
    if (!moved) throw new LabError('reservation.state-changed');
    await queueTask(tx, { action: activity, targetType: 'reservation', targetId: id }, whereOf(row));
    if (activity === 'reinstall' && row.node_id) await taintNode(tx, row.node_id);
    await addEvent(tx, { kind: `${activity}-asked`, actorId: me.id, reservationId: id });
  });
}

/** A machine that was switched off from inside is started again from its own disk. */
export function startMachine(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: 'start' }, async (tx, row) => {
    refuseSimulated(deps, row);
    if (!row.node_id || !['reserved', 'inuse'].includes(row.state))
      throw new LabError('reservation.state-changed');
    for (const nodeId of await nodesThatAreOff(tx, row)) {
      const task = {
        action: 'power' as TaskAction,
        targetType: 'node' as const,
        targetId: nodeId,
        args: { to: 'on' },
      };
      await queueTask(tx, task, { placeId: row.place_id, nodeId, reservationId: id });
    }
    await addEvent(tx, { kind: 'start-asked', actorId: me.id, reservationId: id });
  });
}

/** Its own anyway; of those that are had together with it, those that are off. */
async function nodesThatAreOff(tx: Tx, { id, node_id: own, others }: ReservationListRow): Promise<number[]> {
  const more = others > 0 ? await otherMachines(tx, [id]) : [];
  const off = more.filter((one) => one.released_at === null && one.node_power === 'off');
  return [...(own === null ? [] : [own]), ...off.map((one) => one.node_id)];
}

export function refuseSimulated(deps: ServiceDeps, row: ReservationListRow): void {
  if (row.pool_module && deps.descriptors[row.pool_module]?.simulated)
    throw new LabError('reservation.simulated');
}
