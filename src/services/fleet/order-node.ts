import { holderOf, type NodeFactsRow, nodeFactsRow } from '../../../db/queries/node-detail.ts';
import { reservationRow } from '../../../db/queries/reservations.ts';
import { askCommission, whileCommissioned } from '../../../db/repositories/commissions.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { askReload, guardNode, takeBack, takeOut } from '../../../db/repositories/node-orders.ts';
import { addNotice } from '../../../db/repositories/notices.ts';
import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import type { TaskAction } from '../../domain/contracts/task.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import { endIn } from '../reservations/change.ts';
import type { NodeOrder, Once } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { type Decision, decide } from './decide-order.ts';

/** What an order would do, in a sentence. Throws what `orderNode` would. */
export async function previewOrder(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  order: NodeOrder,
): Promise<string> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const node = await nodeFactsRow(reader, id);
    if (!node) throw new LabError('not-found');
    if (order.image) await imageIdOf(reader, deps, node, order.image);
    needMetal(deps, node, order);
    return decide(node, await holderOf(reader, id), order, reader.now).says;
  });
}

/** Does it, in one transaction with its event; answers with what was done, in a sentence. */
export async function orderNode(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  order: NodeOrder,
  once: Once = {},
): Promise<string> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return inTransaction(deps.db, async (tx) => {
    let says = 'It was done before.';
    const { action, when = '', reason = '', image = '' } = order;
    await doOnce(tx, me, once, ['order-node', id, action, when, reason, image], async () => {
      says = await obey(tx, deps, me, id, order);
      return null;
    });
    return says;
  });
}

async function obey(tx: Tx, deps: ServiceDeps, me: SignedIn, id: number, order: NodeOrder): Promise<string> {
  const same = await guardNode(tx, id, order.version);
  const node = await nodeFactsRow(tx, id);
  if (!node) throw new LabError('not-found');
  if (!same) throw new LabError('changed-meanwhile');
  needMetal(deps, node, order);
  const holder = await holderOf(tx, id);
  const decision = decide(node, holder, order, tx.now);
  const reservationId = holder?.reservation_id ?? null;
  if (decision.does === 'load') await askReload(tx, id, await imageIdOf(tx, deps, node, order.image));
  if (decision.does === 'out') await out(tx, node, order);
  if (decision.does === 'back') await takeBack(tx, id);
  if (decision.does === 'commission') await commission(tx, me, node);
  const taskId = await queueWork(tx, node, order, decision, holder !== null);
  if (reservationId !== null) await tell(tx, me, node, reservationId, decision);
  const { action, when, reason, image } = order;
  const data = {
    action,
    ...(holder ? { when } : {}),
    ...(reason ? { reason } : {}),
    ...(image ? { image } : {}),
  };
  await addEvent(tx, { kind: 'node-order', actorId: me.id, nodeId: id, reservationId, taskId, data });
  return decision.says;
}

/** What is done to machines that are made here is another thing. */
function needMetal(deps: ServiceDeps, { name, pool_module }: NodeFactsRow, { action }: NodeOrder): void {
  if (deps.descriptors[pool_module]?.bareMetal) return;
  const lacks = { identify: 'has no lamp', commission: 'has nothing to commission' } as const;
  const what = lacks[action as keyof typeof lacks];
  if (what) throw new LabError('node.state', { detail: `${name} ${what}: it is no machine of its own.` });
}

/** One that was in service comes back when it passes; one that was not, where that was wanted of it the last time. */
async function commission(tx: Tx, me: SignedIn, node: NodeFactsRow): Promise<void> {
  const isOut = node.out_for !== null || ['maintenance', 'deprovisioning'].includes(node.state);
  if (!isOut) await takeOut(tx, node.id, 'maintenance', whileCommissioned);
  if (await askCommission(tx, node.id, { by: me.id, back: !isOut })) return;
  throw new LabError('node.state', { detail: `${node.name} is being commissioned already.` });
}

async function out(tx: Tx, node: NodeFactsRow, { action, reason = '' }: NodeOrder): Promise<void> {
  await takeOut(
    tx,
    node.id,
    action === 'delete' ? 'delete' : action === 'power-off' ? 'off' : 'maintenance',
    reason,
  );
}

/** What follows at once, and the id of its task: the rest of it waits for whoever has the node. */
async function queueWork(
  tx: Tx,
  node: NodeFactsRow,
  order: NodeOrder,
  { does }: Decision,
  held: boolean,
): Promise<number | null> {
  const queue = async (action: TaskAction, args = {}) => {
    const taskId = await queueTask(
      tx,
      { action, targetType: 'node', targetId: node.id, args },
      { placeId: node.place_id, nodeId: node.id },
    );
    await wakeTask(tx, action, 'node', node.id);
    return taskId;
  };
  if (does === 'power') return queue('power', { to: powerTo[order.action as keyof typeof powerTo] });
  if (does === 'back' || (does === 'load' && !held)) return queue(isNew(node) ? 'commission' : 'reload');
  if (does === 'load') return null;
  if (does === 'commission') await queue('tomaintenance');
  const taskId = await queue(does === 'commission' ? 'inspect' : 'tomaintenance');
  await wakeTask(tx, 'heal', 'place', node.place_id);
  return taskId;
}

function isNew({ load_no, state }: NodeFactsRow): boolean {
  return load_no === 0 && state !== 'available';
}

const powerTo = { 'power-on': 'on', 'power-off': 'off', reset: 'reset', identify: 'identify' } as const;

/** Whoever has it is told on their page and by mail. */
async function tell(
  tx: Tx,
  me: SignedIn,
  node: NodeFactsRow,
  reservationId: number,
  { tells, endsReservation }: Decision,
): Promise<void> {
  if (tells === null) return;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [reservationId]);
  const row = await reservationRow(tx, reservationId);
  if (row && endsReservation) await endIn(tx, me, row, tells);
  const notice = await addNotice(tx, reservationId, `order-${node.id}-${tx.now}`, { sentence: `${tells}` });
  if (notice === null) return;
  const task = { action: 'notify', targetType: 'notice', targetId: notice } as const;
  await queueTask(tx, task, { placeId: node.place_id, reservationId });
}

/** The image that it shall hold: the one named, else the one it holds while nobody needs it. */
async function imageIdOf(
  reader: Reader,
  deps: ServiceDeps,
  node: NodeFactsRow,
  name: string | undefined,
): Promise<number> {
  if (!name) {
    if (node.preferred_image_id === null) throw invalid('image', 'Say which: it has held none yet.');
    return node.preferred_image_id;
  }
  const [image] = await reader.rows<{ id: number; format: string | null }>(
    `SELECT i.id, v.format FROM images i LEFT JOIN image_revisions v ON v.id = i.production_revision_id
       WHERE i.name = ? AND i.deleted_at IS NULL`,
    [name],
  );
  if (!image) throw invalid('image', 'There is no such image.');
  const formats: readonly (string | null)[] = deps.descriptors[node.pool_module]?.formats ?? [];
  if (!formats.includes(image.format)) throw invalid('image', 'This image cannot be loaded on this node.');
  return image.id;
}
