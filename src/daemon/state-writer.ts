import { allocationFacts } from '../../db/facts.ts';
import { bindBest, moveHoldEnd, releaseHold } from '../../db/repositories/booking.ts';
import { addEvent } from '../../db/repositories/events.ts';
import { addLoadTime } from '../../db/repositories/load-times.ts';
import { beginLoad, patchNode } from '../../db/repositories/nodes.ts';
import {
  addNotice,
  eraseSecrets,
  moveAllocation,
  moveReservation,
  patchReservation,
} from '../../db/repositories/reservations.ts';
import { queueTask, type TaskRow } from '../../db/repositories/tasks.ts';
import type { AllocationRow, ReservationRow } from '../../db/rows.ts';
import type { Tx } from '../../db/transaction.ts';
import type { AllocationFacts, NewTask, StateWriter } from '../domain/contracts/state.ts';
import { holdWindow, minute } from '../domain/time.ts';
import { newLoadSecrets } from '../lib/ssh-keys.ts';
import { planFor, wantOf, windows } from '../services/booking/plan.ts';
import type { DaemonDeps } from './deps.ts';

/** What a state module may change, bound to its task and to one transaction that has renewed the lease. */
export function stateWriter(tx: Tx, deps: DaemonDeps, task: TaskRow): StateWriter {
  const about = { reservationId: task.reservation_id, nodeId: task.node_id, taskId: task.id };
  return {
    now: tx.now,
    moveReservation: (id, from, to, patch) => moveReservation(tx, id, from, to, patch),
    patchReservation: (id, patch) => patchReservation(tx, id, patch),
    moveAllocation: (id, from, to) => moveAllocation(tx, id, from, to),
    endBy: (id, end) => endBy(tx, deps, task, id, end),
    releaseAllocation: async (id) => {
      await releaseHold(tx, id);
    },
    rebind: (id, options) => rebind(tx, deps, id, options),
    patchNode: (id, patch) => patchNode(tx, id, patch),
    beginLoad: (nodeId) => beginLoad(tx, nodeId, task.id, () => newSecrets(deps)),
    suspectRevision: (id, because) => suspend(tx, id, because),
    quarantine: (placeId, artefacts) => quarantine(tx, placeId, artefacts),
    measured: (imageId, poolId, step, milliseconds) => addLoadTime(tx, imageId, poolId, step, milliseconds),
    eraseSecrets: (id) => eraseSecrets(tx, id),
    queue: async (wanted) => queueTask(tx, wanted, await whereOf(tx, deps, task, wanted)),
    event: async (kind, facts = {}, reservationId) => {
      await addEvent(tx, {
        kind,
        ...about,
        ...(reservationId === undefined ? {} : { reservationId }),
        data: facts,
        retention: kind === 'progress' ? 'progress' : 'audit',
      });
    },
    notify: (id, key, facts = {}) => notify(tx, deps, id, key, facts),
  };
}

function newSecrets(deps: DaemonDeps) {
  const secrets = newLoadSecrets();
  return {
    sealed: deps.cipher.seal(JSON.stringify(secrets)),
    hostKeys: secrets.hostKeys.map((key) => key.public),
  };
}

async function whereOf(tx: Tx, deps: DaemonDeps, task: TaskRow, wanted: NewTask) {
  const { targetType: type, targetId: id } = wanted;
  if (type === 'place') return { placeId: id };
  if (type === 'reservation') return { placeId: task.place_id ?? deps.placeId, reservationId: id };
  const [row] =
    type === 'node'
      ? await tx.rows<{ node_id: number; place_id: number }>(
          'SELECT id AS node_id, place_id FROM nodes WHERE id = ?',
          [id],
        )
      : await tx.rows<{ node_id: number; place_id: number; reservation_id: number }>(
          'SELECT a.node_id, a.reservation_id, n.place_id FROM allocations a JOIN nodes n ON n.id = a.node_id WHERE a.id = ?',
          [id],
        );
  const reservationId = row && 'reservation_id' in row ? (row.reservation_id as number) : null;
  return { placeId: row?.place_id ?? null, nodeId: row?.node_id ?? null, reservationId };
}

async function suspend(tx: Tx, id: number, because: string): Promise<void> {
  const changes = { suspended_at: tx.now, suspended_because: because.slice(0, 500) };
  await tx.table('image_revisions').where({ id }).whereNull('suspended_at').update(changes);
}

async function quarantine(
  tx: Tx,
  placeId: number,
  artefacts: readonly { name: string; what: string }[],
): Promise<void> {
  const known = await tx.rows<{ name: string }>('SELECT name FROM quarantine WHERE place_id = ?', [placeId]);
  const names = artefacts.map((artefact) => artefact.name);
  const gone = known.map((row) => row.name).filter((name) => !names.includes(name));
  if (gone.length > 0)
    await tx.table('quarantine').where({ place_id: placeId }).whereIn('name', gone).delete();
  for (const { name, what } of artefacts) {
    if (known.some((row) => row.name === name)) continue;
    await tx.table('quarantine').insert({ place_id: placeId, name, what, since: tx.now });
  }
}

async function notify(tx: Tx, deps: DaemonDeps, id: number, key: string, facts: object): Promise<boolean> {
  const first = await addNotice(tx, id, key, facts);
  if (first && deps.mailer) {
    await queueTask(
      tx,
      { action: 'notify', targetType: 'reservation', targetId: id },
      { placeId: deps.placeId, reservationId: id },
    );
  }
  return first;
}

/** Lets an allocation last until `end`; moves the booking that abuts, or cuts the end (design, section 3). */
async function endBy(tx: Tx, deps: DaemonDeps, task: TaskRow, id: number, end: number): Promise<number> {
  const [row] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [id],
  );
  if (!row) return end;
  const turnover = await turnoverOf(tx, deps, row.reservation_id);
  const { until } = holdWindow(end, end, 0, turnover);
  for (let moves = 0; moves < 2; moves++) {
    if (await moveHoldEnd(tx, id, until, end)) return end;
    const next = await nextOn(tx, row);
    if (!next) break;
    if (await moveNext(tx, deps, task, next)) continue;
    if (next.reservation_id !== null) await notify(tx, deps, next.reservation_id, `abuts-${id}`, {});
    break;
  }
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

/** The booking that comes next on a node, if its load has not begun. */
async function nextOn(tx: Tx, row: AllocationRow): Promise<AllocationRow | null> {
  const [next] = await tx.rows<AllocationRow>(
    "SELECT * FROM allocations WHERE node_id = ? AND released_at IS NULL AND state = 'held' AND purpose = 'reservation' AND hold_from >= ? AND id <> ? ORDER BY hold_from LIMIT 1",
    [row.node_id, row.hold_until, row.id],
  );
  return next ?? null;
}

/** Moves a booking whose load has not begun to another node. */
async function moveNext(tx: Tx, deps: DaemonDeps, task: TaskRow, next: AllocationRow): Promise<boolean> {
  const moved = await rebind(tx, deps, next.id, { broken: false });
  if (!moved || next.reservation_id === null) return false;
  const queued = {
    action: 'new',
    targetType: 'allocation',
    targetId: moved.id,
    runAfter: moved.holdFrom,
  } as const;
  await queueTask(tx, queued, await whereOf(tx, deps, task, queued));
  return true;
}

async function rebind(
  tx: Tx,
  deps: DaemonDeps,
  id: number,
  options: { broken: boolean },
): Promise<AllocationFacts | null> {
  const [old] = await tx.rows<AllocationRow>(
    'SELECT * FROM allocations WHERE id = ? AND released_at IS NULL',
    [id],
  );
  if (!old || old.reservation_id === null) return null;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [old.reservation_id]);
  const [reservation] = await tx.rows<ReservationRow>('SELECT * FROM reservations WHERE id = ?', [
    old.reservation_id,
  ]);
  if (!reservation) return null;
  const plan = await planFor(tx, { owner: deps.db, descriptors: deps.descriptors }, reservation.image_id);
  if (!plan) return null;
  const startsNow = Number(reservation.start_at) <= tx.now;
  const promised = reservation.starts_now === 1 || !startsNow;
  const minutes = promised
    ? reservation.minutes
    : Math.max(1, Math.round((Number(reservation.end_at) - tx.now) / minute));
  const span = windows(plan, startsNow ? tx.now : Number(reservation.start_at), minutes, startsNow);
  const tried = await tx.rows<{ node_id: number }>(
    'SELECT node_id FROM allocations WHERE reservation_id = ?',
    [reservation.id],
  );
  const want = wantOf(
    plan,
    startsNow,
    tried.map((row) => row.node_id),
  );
  const bound = await bindBest(tx, want, span.hold, {
    reservationId: reservation.id,
    purpose: 'reservation',
    ...span,
  });
  if (!bound) return null;
  if (options.broken) await moveAllocation(tx, id, ['held', 'loading'], 'failed');
  else await releaseHold(tx, id);
  if (promised) await patchReservation(tx, reservation.id, { end: span.end });
  const [fresh] = await tx.rows<AllocationRow>('SELECT * FROM allocations WHERE id = ?', [bound.id]);
  return fresh ? allocationFacts(fresh) : null;
}
