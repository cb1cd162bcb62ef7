import { allocationFacts } from '../../db/facts.ts';
import { publicKeys } from '../../db/repositories/accounts.ts';
import { clearFault, faultNode, keepAudit, keepLook, switchedBack } from '../../db/repositories/bmc-watch.ts';
import {
  forgetRevision,
  isUnused,
  makeProduction,
  revisionReady,
  saveByItself,
} from '../../db/repositories/captures.ts';
import { addCleanedDisks } from '../../db/repositories/cleaned-disks.ts';
import { beginCommission, endCommission, keepInventory } from '../../db/repositories/commissions.ts';
import { keepSeen } from '../../db/repositories/discovered-machines.ts';
import { addEvent, noteAccess } from '../../db/repositories/events.ts';
import { removeIdleNode } from '../../db/repositories/fleet.ts';
import { keepHold, releaseHold } from '../../db/repositories/holds.ts';
import { addNodeTime } from '../../db/repositories/load-times.ts';
import { endLoad, openLoad } from '../../db/repositories/loads.ts';
import { keepBmc } from '../../db/repositories/node-hardware.ts';
import { takeBack } from '../../db/repositories/node-orders.ts';
import { beginLoad, patchNode } from '../../db/repositories/nodes.ts';
import { addMail } from '../../db/repositories/notices.ts';
import { keepNetwork } from '../../db/repositories/pool-networks.ts';
import {
  eraseSecrets,
  moveAllocation,
  moveReservation,
  patchReservation,
  timesOf,
} from '../../db/repositories/reservations.ts';
import { moveSeat } from '../../db/repositories/seats.ts';
import { accountIs } from '../../db/repositories/server-accounts.ts';
import { queueTask, type TaskRow } from '../../db/repositories/tasks.ts';
import type { Tx } from '../../db/transaction.ts';
import type { CleanedDisk, Endpoint } from '../domain/contracts/facts.ts';
import { revisionName } from '../domain/contracts/provisioning.ts';
import type { StateWriter } from '../domain/contracts/state-writer.ts';
import { newLoadSecrets } from '../lib/ssh-keys.ts';
import { tellOfLost } from '../services/blocks/tell-teachers.ts';
import { endBlock, giveBackDate, holdDate } from '../services/blocks/work.ts';
import { canServe, moveBooking, rebind, replaceLost } from '../services/booking/move.ts';
import { forwardSettings, openServer } from '../services/reservations/acknowledge.ts';
import { addMembers } from '../services/servers/members.ts';
import { closingWriter } from './closings.ts';
import type { DaemonDeps } from './deps.ts';
import { endBy } from './end-by.ts';
import { giveUpOthers, othersReady } from './had-together.ts';
import { invite } from './invitations.ts';
import { notify, notifyOfImage } from './notify.ts';
import { predictionWriter } from './prediction.ts';
import { placeOf } from './task-place.ts';
import { waitingWriter } from './waiting.ts';

/** What a state module may change, bound to its task and to one transaction that has renewed the lease. */
export function stateWriter(tx: Tx, deps: DaemonDeps, task: TaskRow): StateWriter {
  const about = { reservationId: task.reservation_id, nodeId: task.node_id, taskId: task.id };
  return {
    now: tx.now,
    moveReservation: (id, from, to, patch) => moveReservation(tx, id, from, to, patch),
    timesOf: (id) => timesOf(tx, id),
    patchReservation: (id, patch) => patchReservation(tx, id, patch),
    moveAllocation: (id, from, to) => moveAllocation(tx, id, from, to),
    moveSeat: (id, from, to) => moveSeat(tx, id, from, to),
    replaceSeat: async (id) => (await replaceLost(tx, deps, id)) !== null,
    tellOfLost: (dateId) => tellOfLost(tx, dateId),
    othersReady: (id) => othersReady(tx, id),
    giveUpOthers: (id) => giveUpOthers(tx, task, id),
    endBy: (id, end) => endBy(tx, deps, id, end),
    keepHold: (id) => keepHold(tx, id),
    releaseAllocation: async (id) => {
      await releaseHold(tx, id);
    },
    rebind: async (id, options) => {
      const fresh = await rebind(tx, deps, id, options);
      return fresh && allocationFacts(fresh);
    },
    moveBooking: (id, because) => moveBooking(tx, deps, id, because),
    canServe: (id) => canServe(tx, deps, id),
    holdDate: (dateId) => holdDate(tx, deps, dateId),
    giveBackDate: (dateId) => giveBackDate(tx, dateId),
    endBlock: () => endBlock(tx, task.target_id),
    patchNode: (id, patch) => patchNode(tx, id, patch),
    keepBmc: (id, info) => keepBmc(tx, id, info),
    beginCommission: (nodeId) => beginCommission(tx, nodeId),
    endCommission: (nodeId, came) => endCommission(tx, nodeId, came),
    keepInventory: (nodeId, found) => keepInventory(tx, nodeId, found),
    takeBack: (nodeId) => takeBack(tx, nodeId),
    keepSeen: (poolId, seen) => keepSeen(tx, poolId, seen),
    nodeEvent: async (nodeId, kind, data) => {
      await addEvent(tx, { kind, ...about, nodeId, data, retention: 'audit' });
    },
    keepNetwork: (poolId, checks, at) => keepNetwork(tx, poolId, checks, at),
    keepLook: (id, seen) => keepLook(tx, id, seen),
    keepAudit: (id, found) => keepAudit(tx, id, found),
    switchedBack: (id) => switchedBack(tx, id),
    faultNode: (id, because, fault) => faultNode(tx, id, because, fault),
    clearFault: (id) => clearFault(tx, id),
    keepCleaning: (id, disks) => keepCleaning(tx, id, task.id, disks),
    removeNode: (id) => removeIdleNode(tx, id, task.id),
    async beginLoad(nodeId, revision) {
      await beginLoad(tx, nodeId, task.id, () => newSecrets(deps));
      await openLoad(tx, nodeId, task, { imageId: revision.imageId, name: revisionName(revision) });
    },
    endLoad: (failure) => endLoad(tx, task.id, failure),
    suspectRevision: (id, because) => suspend(tx, id, because),
    saveByItself: (reservationId) => saveByItself(tx, reservationId),
    revisionReady: (id, captured) => revisionReady(tx, id, captured),
    isUnused: (id) => isUnused(tx, id),
    forgetRevision: (id) => forgetRevision(tx, id),
    makeProduction: (id) => makeProduction(tx, id),
    quarantine: (placeId, artefacts) => quarantine(tx, placeId, artefacts),
    measured: (imageId, nodeId, step, milliseconds) =>
      addNodeTime(tx, { imageId, nodeId, step, milliseconds }),
    openServer: (id) => openServer(tx, deps, id),
    addMembers: (id) => addMembers(tx, deps, id),
    memberIs: (reservationId, id, as) => accountIs(tx, reservationId, id, as),
    eraseSecrets: (id) => eraseSecrets(tx, id),
    queue: async (wanted) => queueTask(tx, wanted, await placeOf(tx, deps, task, wanted)),
    event: async (kind, facts = {}, reservationId) => {
      await addEvent(tx, {
        kind,
        ...about,
        ...(reservationId === undefined ? {} : { reservationId }),
        data: facts,
        retention: 'audit',
      });
    },
    sshKeys: (userId) => publicKeys(tx, userId),
    accessOpened: (reservationId, nodeId, endpoint) =>
      accessOpened(tx, deps, { taskId: task.id, reservationId, nodeId }, endpoint),
    connectedFrom: ({ id, userId, isServer }, kind, from) =>
      noteAccess(tx, { kind, actorId: isServer ? null : userId, reservationId: id, from }),
    invite: (reservationId) => invite(tx, deps, reservationId),
    notify: (reservationId, key, facts = {}, imageId) =>
      notify(tx, deps, { reservationId, key, facts, imageId }),
    noteSaid: async (reservationId, key) => (await addMail(tx, reservationId, key, {})) !== null,
    said: async (id) => {
      await tx.table('notices').where({ id }).update({ unsaid: null });
    },
    notifyOfImage: (imageId, key, data, replaces) =>
      notifyOfImage(tx, deps, task, { imageId, key, data, replaces }),
    // last: spread first, they made it ten times as slow to make, and one is made for every write
    ...closingWriter(tx, deps),
    ...waitingWriter(tx, deps),
    ...predictionWriter(tx),
  };
}

/** With the history of the node: what was cleaned, or that it was not. */
async function keepCleaning(
  tx: Tx,
  nodeId: number,
  taskId: number,
  disks: readonly CleanedDisk[],
): Promise<void> {
  await addCleanedDisks(tx, nodeId, disks);
  const failed = disks.filter(({ result }) => result === 'failed').map(({ name }) => name);
  const data = { disks: disks.length - failed.length, failed };
  const kind = failed.length === 0 ? 'cleaned' : 'clean-failed';
  await addEvent(tx, { kind, nodeId, taskId, data, retention: 'audit' });
}

/** A forwarded port is the pool's own, and people outside know it with the pool's public address; else the address is the machine's. */
async function accessOpened(
  tx: Tx,
  deps: DaemonDeps,
  about: { readonly taskId: number; readonly reservationId: number; readonly nodeId: number },
  { host: bound, port }: Endpoint,
): Promise<void> {
  const [pool] = await tx.rows<{ pool_module: string; pool_settings: string }>(
    'SELECT p.module AS pool_module, p.settings AS pool_settings FROM nodes n JOIN pools p ON p.id = n.pool_id WHERE n.id = ?',
    [about.nodeId],
  );
  const { userAddress, publicAddress } = forwardSettings(
    deps,
    pool ?? { pool_module: '', pool_settings: null },
  );
  const forwards = userAddress === 'forwarded';
  if (!forwards)
    await tx.change(
      'UPDATE allocations SET user_host = ?, user_port = ? WHERE reservation_id = ? AND node_id = ? AND released_at IS NULL',
      [bound, port, about.reservationId, about.nodeId],
    );
  const host = pool && forwards ? publicAddress : bound;
  await addEvent(tx, { kind: 'access-opened', ...about, port, data: { host, bound }, retention: 'access' });
}

function newSecrets(deps: DaemonDeps) {
  const secrets = newLoadSecrets();
  return {
    sealed: deps.cipher.seal(JSON.stringify(secrets)),
    hostKeys: secrets.hostKeys.map((key) => key.public),
  };
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
