import type { TaskPlace, TaskRow } from '../../db/repositories/tasks.ts';
import type { Tx } from '../../db/transaction.ts';
import type { NewTask } from '../domain/contracts/task.ts';
import type { DaemonDeps } from './deps.ts';

/** Where a task belongs that another task queues: with its own node, where it has one. */
export async function placeOf(
  tx: Tx,
  deps: Pick<DaemonDeps, 'placeId'>,
  task: Pick<TaskRow, 'place_id'>,
  wanted: NewTask,
): Promise<TaskPlace> {
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
