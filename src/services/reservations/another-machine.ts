import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { patchNode } from '../../../db/repositories/nodes.ts';
import { putAway } from '../../../db/repositories/notices.ts';
import { moveReservation } from '../../../db/repositories/reservations.ts';
import { moveTask, queueTask, stopWorkOn } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import { waitInstead } from '../booking/alternatives.ts';
import { decide } from '../booking/decide.ts';
import { replaceHad } from '../booking/move.ts';
import type { ServiceDeps } from '../deps.ts';
import type { Once } from '../services.ts';
import type { ReservationView, SignedIn } from '../views.ts';
import { canHaveAnother } from './can-change.ts';
import { changeOnce } from './change.ts';

/**
 * Another machine for one that went down and does not start again, at once and until the same end; what was on the old one's disk is
 * lost. `reservation.no-machine` where none is free until then, with the line; `reservation.state-changed` where it is not down.
 */
export function takeAnother(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<ReservationView> {
  return changeOnce(deps, me, id, { ...once, intention: 'another' }, (tx, row) =>
    anotherIn(tx, deps, me, row),
  );
}

const gone = 'It went down and does not start again.';

/** The same for its row, whose guard was changed first; `me` presses. */
export async function anotherIn(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
): Promise<void> {
  const { id, allocation_id: allocationId, node_id: nodeId } = row;
  if (!canHaveAnother(row) || allocationId === null || nodeId === null)
    throw new LabError('reservation.state-changed', {
      detail: 'Only a machine that went down and does not start again is exchanged. Nothing was done.',
    });
  const anew = { acknowledgedAt: null, accessOpenedAt: null, unconnectedSince: null, idleSince: null };
  if (!(await moveReservation(tx, id, ['reserved', 'inuse'], 'new', anew)))
    throw new LabError('reservation.state-changed');
  const fresh = await replaceHad(tx, deps, allocationId);
  if (!fresh) throw await noOther(tx, deps, me, row);
  await moveTask(tx, allocationId, fresh);
  await giveUpNode(tx, nodeId, row.place_id);
  await putAway(tx, id, 'down');
  await addEvent(tx, { kind: 'another-asked', actorId: me.id, reservationId: id, nodeId });
}

/** It is out of order, and keeps its person's time, until a reload has cleaned it; nobody tries to start it as it is any more. */
async function giveUpNode(tx: Tx, nodeId: number, placeId: number | null): Promise<void> {
  const because = await stopWorkOn(tx, nodeId, 'power');
  await patchNode(tx, nodeId, { state: 'failed', failure: because === null ? gone : `${gone} ${because}` });
  const reload = { action: 'reload', targetType: 'node', targetId: nodeId } as const;
  await queueTask(tx, { ...reload, runAfter: tx.now + 10_000 }, { placeId, nodeId });
}

/** With a place in the line where its person may take one. */
async function noOther(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  { user_id, image_name, end_at }: ReservationListRow,
): Promise<LabError> {
  const minutes = Math.floor((Number(end_at) - tx.now) / minute);
  const decided = user_id === me.id ? await decide(tx, deps, me, { image: image_name, minutes }) : null;
  const waits = decided?.possible === false && decided.refusal.code === 'reservation.no-machine';
  return new LabError('reservation.no-machine', {
    detail:
      'No other machine for this environment is free until the end of this one. Nothing was changed: it is still tried once in a minute.',
    alternatives: waits && decided.asked ? waitInstead(decided.asked) : [],
  });
}
