import { strandedBookings } from '../../../db/queries/stranded.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import type { TargetType, TaskAction } from '../../domain/contracts/task.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';

/** The one button of an item: try again, or allow again. */
export async function retryAttention(deps: ServiceDeps, me: SignedIn, itemId: string): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  const [, kind, id] = /^(node|booking|revision|task)-(\d{1,9})$/.exec(itemId) ?? [];
  if (!kind || !id) throw new LabError('not-found');
  await inTransaction(deps.db, async (tx) => {
    if (kind === 'node') await retryNode(tx, Number(id));
    if (kind === 'booking') await retryBooking(tx, Number(id));
    if (kind === 'revision') await allowRevision(tx, Number(id));
    if (kind === 'task') await retryTask(tx, Number(id));
    await addEvent(tx, { kind: 'attention-retried', actorId: me.id, data: { item: itemId } });
  });
}

async function retryNode(tx: Tx, id: number): Promise<void> {
  const [node] = await tx.rows<{ place_id: number }>(
    "SELECT place_id FROM nodes WHERE id = ? AND state = 'failed'",
    [id],
  );
  if (!node) throw new LabError('not-found');
  await queueTask(
    tx,
    { action: 'reload', targetType: 'node', targetId: id },
    { placeId: node.place_id, nodeId: id },
  );
  await wakeTask(tx, 'reload', 'node', id);
}

/** The task that moves bookings looks again at once; one whose start has come looks every few seconds by itself. */
async function retryBooking(tx: Tx, id: number): Promise<void> {
  const row = (await strandedBookings(tx)).find((booking) => booking.id === id);
  if (!row) throw new LabError('not-found');
  await wakeTask(tx, 'heal', 'place', row.place_id);
}

async function allowRevision(tx: Tx, id: number): Promise<void> {
  const changed = await tx
    .table('image_revisions')
    .where({ id })
    .update({ suspended_at: null, suspended_because: null });
  if (changed !== 1) throw new LabError('not-found');
}

interface FailedTask {
  action: TaskAction;
  target_type: TargetType;
  target_id: number;
  args: string;
  place_id: number | null;
  reservation_id: number | null;
  node_id: number | null;
}

/** Queues a failed task once more; it then counts as tried again. Returns the open one. Throws not-found. */
export async function retryTask(tx: Tx, id: number): Promise<number> {
  const [task] = await tx.rows<FailedTask>("SELECT * FROM tasks WHERE id = ? AND status = 'failed'", [id]);
  if (!task) throw new LabError('not-found');
  const where = { placeId: task.place_id, reservationId: task.reservation_id, nodeId: task.node_id };
  const args = JSON.parse(task.args) as Record<string, unknown>;
  const again = await queueTask(
    tx,
    { action: task.action, targetType: task.target_type, targetId: task.target_id, args },
    where,
  );
  await tx.table('tasks').where({ id }).update({ status: 'done', result: 'tried again' });
  return again;
}
