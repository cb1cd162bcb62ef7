/** Machines that one reservation has together: what becomes of one is also the others' business. */
import { releaseHold } from '../../db/repositories/holds.ts';
import { patchNode } from '../../db/repositories/nodes.ts';
import { moveAllocation } from '../../db/repositories/reservations.ts';
import { queueTask, stopTasksOf, type TaskRow } from '../../db/repositories/tasks.ts';
import type { AllocationRow } from '../../db/rows.ts';
import type { Tx } from '../../db/transaction.ts';
import type { AllocationState } from '../domain/states.ts';

type Other = Pick<AllocationRow, 'id' | 'state' | 'node_id'> & { readonly place_id: number };

/** The live ones beside it; the reservation's guard row first. */
async function othersOf(tx: Tx, allocationId: number): Promise<Other[]> {
  await tx.change(
    'UPDATE reservations SET version = version + 1 WHERE id = (SELECT reservation_id FROM allocations WHERE id = ?)',
    [allocationId],
  );
  return tx.rows(
    `SELECT o.id, o.state, o.node_id, n.place_id FROM allocations a JOIN allocations o ON o.reservation_id = a.reservation_id AND o.id <> a.id
       JOIN nodes n ON n.id = o.node_id WHERE a.id = ? AND o.released_at IS NULL AND o.state <> 'failed' ORDER BY o.node_id`,
    [allocationId],
  );
}

/** What `StateWriter.othersReady` promises. */
export async function othersReady(tx: Tx, allocationId: number): Promise<boolean> {
  return (await othersOf(tx, allocationId)).every(({ state }) => state === 'ready');
}

const begun: readonly AllocationState[] = ['loading', 'ready'];

/** What `StateWriter.giveUpOthers` promises. What was loaded for it is loaded anew before anybody else has it. */
export async function giveUpOthers(tx: Tx, task: TaskRow, allocationId: number): Promise<void> {
  const others = await othersOf(tx, allocationId);
  if (others.length === 0) return;
  if (task.reservation_id !== null) await stopTasksOf(tx, task.reservation_id, ['notify'], task.id);
  for (const { id, state, node_id: nodeId, place_id: placeId } of others) {
    if (state === 'held') await releaseHold(tx, id);
    if (!(await moveAllocation(tx, id, begun, 'ending'))) continue;
    await patchNode(tx, nodeId, { state: 'reloading' });
    await queueTask(tx, { action: 'reload', targetType: 'node', targetId: nodeId }, { placeId, nodeId });
  }
}
