import { addEvent } from '../../../db/repositories/events.ts';
import * as tasks from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { stopMeans, whyNotStopped } from '../../domain/stopping.ts';
import type { ServiceDeps } from '../deps.ts';
import { retryTask as queueAgain } from '../fleet/retry-attention.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../services.ts';
import type { SignedIn } from '../views.ts';

/** Tries a failed task again, or runs one that waits now. Throws LabError. */
export function retryTask(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  once: Once = {},
): Promise<{ readonly taskId: number }> {
  if (!may(me, 'task.manage')) throw new LabError('not-allowed');
  return inTransaction(deps.db, async (tx) => {
    const done = await doOnce(tx, me, once, ['retry-task', id], async () => {
      const task = await find(tx, id);
      const again = await retry(tx, task);
      await note(tx, me, task, 'task.retried');
      return again;
    });
    return { taskId: done.id };
  });
}

async function retry(tx: Tx, task: tasks.TaskRow): Promise<number> {
  if (task.status === 'failed') return queueAgain(tx, task.id);
  if (task.status !== 'queued' || task.attempt === 1 || task.terminate > 0)
    throw new LabError('task.no-retry');
  await tasks.wakeTask(tx, task.action, task.target_type, task.target_id);
  return task.id;
}

/** Stops an open task where that leaves nothing undone: `stopMeans` says what follows. Throws LabError. */
export function stopTask(deps: ServiceDeps, me: SignedIn, id: number, once: Once = {}): Promise<void> {
  if (!may(me, 'task.manage')) throw new LabError('not-allowed');
  return inTransaction(deps.db, async (tx) => {
    await doOnce(tx, me, once, ['stop-task', id], async () => {
      const task = await find(tx, id);
      if (stopMeans[task.action] === null)
        throw new LabError('task.no-stop', { detail: whyNotStopped(task.action) });
      if (task.action === 'new' && task.status === 'queued')
        throw new LabError('task.no-stop', { detail: 'It has not begun: end the reservation instead.' });
      if (!(await tasks.stopTask(tx, id))) throw new LabError('task.ended');
      await note(tx, me, task, 'task.stopped');
      return null;
    });
  });
}

async function find(tx: Tx, id: number): Promise<tasks.TaskRow> {
  const [task] = await tx.rows<tasks.TaskRow>('SELECT * FROM tasks WHERE id = ?', [id]);
  if (!task) throw new LabError('not-found');
  return task;
}

async function note(tx: Tx, me: SignedIn, task: tasks.TaskRow, kind: string): Promise<void> {
  await addEvent(tx, {
    kind,
    actorId: me.id,
    taskId: task.id,
    reservationId: task.reservation_id,
    nodeId: task.node_id,
    data: { action: task.action },
  });
}
