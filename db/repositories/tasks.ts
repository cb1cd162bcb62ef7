import type { NewTask, TargetType, TaskAction } from '../../src/domain/contracts/task.ts';
import type { Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';

export interface TaskRow {
  id: number;
  parent_id: number | null;
  action: TaskAction;
  target_type: TargetType;
  target_id: number;
  place_id: number | null;
  reservation_id: number | null;
  node_id: number | null;
  args: string;
  status: 'queued' | 'running' | 'done' | 'failed';
  result: string | null;
  open_key: string | null;
  run_after: number;
  deadline: number | null;
  attempt: number;
  claimed_by: string | null;
  claim_epoch: number;
  claim_until: number | null;
  terminate: number;
  created_at: number;
  ended_at: number | null;
}

/** Where a task belongs, for claiming and for pages. */
export interface TaskPlace {
  readonly placeId: number | null;
  readonly reservationId?: number | null;
  readonly nodeId?: number | null;
}

/**
 * Queues a task once: while one with the same action and target is open, that one is kept (brought forward when this one
 * would run earlier). Returns the task's id.
 */
export async function queueTask(tx: Tx, task: NewTask, where: TaskPlace): Promise<number> {
  const openKey = `${task.action}:${task.targetType}:${task.targetId}`;
  const runAfter = task.runAfter ?? tx.now;
  const [open] = await tx.rows<Pick<TaskRow, 'id' | 'status' | 'run_after'>>(
    'SELECT id, status, run_after FROM tasks WHERE open_key = ?',
    [openKey],
  );
  if (!open) return insertTask(tx, task, where, openKey);
  if (open.status === 'queued' && runAfter < Number(open.run_after))
    await tx.change("UPDATE tasks SET run_after = ? WHERE id = ? AND status = 'queued'", [runAfter, open.id]);
  return open.id;
}

/** Queues a task whose target was made in this very transaction, so that no other can be open. */
export async function insertTask(tx: Tx, task: NewTask, where: TaskPlace, openKey?: string): Promise<number> {
  return tx.insert('tasks', rowOf(tx, task, where, openKey));
}

/** The same for many at once. */
export async function insertTasks(
  tx: Tx,
  tasks: readonly { readonly task: NewTask; readonly where: TaskPlace }[],
): Promise<void> {
  const rows = tasks.map(({ task, where }) => rowOf(tx, task, where));
  await insertRows(tx, 'tasks', rows);
}

function rowOf(tx: Tx, task: NewTask, where: TaskPlace, openKey?: string) {
  return {
    parent_id: task.parentId ?? null,
    action: task.action,
    target_type: task.targetType,
    target_id: task.targetId,
    place_id: where.placeId,
    reservation_id: where.reservationId ?? null,
    node_id: where.nodeId ?? null,
    args: JSON.stringify(task.args ?? {}),
    status: 'queued',
    open_key: openKey ?? `${task.action}:${task.targetType}:${task.targetId}`,
    run_after: task.runAfter ?? tx.now,
    created_at: tx.now,
  };
}

/** An allocation as its task `new` is to find it. */
interface Loadable {
  readonly id: number;
  readonly node_id: number;
  readonly reservation_id: number | null;
  readonly hold_from: number;
}

/** What gets an allocation's machine ready follows it to the one that took its place. One that runs finds that it is not wanted. */
export async function moveTask(tx: Tx, from: number, to: Loadable): Promise<void> {
  const [node] = await tx.rows<{ place_id: number }>('SELECT place_id FROM nodes WHERE id = ?', [to.node_id]);
  const { node_id: nodeId, reservation_id: reservationId } = to;
  await tx
    .table('tasks')
    .where({ open_key: `new:allocation:${from}`, status: 'queued' })
    .update({ status: 'done', result: 'goes on with another machine', open_key: null, ended_at: tx.now });
  const runAfter = Math.max(tx.now, Number(to.hold_from));
  const task = { action: 'new', targetType: 'allocation', targetId: to.id, runAfter } as const;
  await insertTask(tx, task, { placeId: node?.place_id ?? null, nodeId, reservationId });
}

/** Asks the running tasks of a reservation to stop, and removes its queued ones, except those named and the one that asks. */
export async function stopTasksOf(
  tx: Tx,
  reservationId: number,
  except: readonly TaskAction[],
  exceptTask = 0,
): Promise<void> {
  await tx
    .table('tasks')
    .where({ reservation_id: reservationId, status: 'running' })
    .whereNot({ id: exceptTask })
    .whereNotIn('action', except)
    .update({ terminate: 1 });
  await tx
    .table('tasks')
    .where({ reservation_id: reservationId, status: 'queued' })
    .whereNotIn('action', except)
    .update(noLongerNeeded(tx));
}

const noLongerNeeded = ({ now }: Tx) =>
  ({ status: 'done', result: 'no longer needed', open_key: null, ended_at: now }) as const;

/** The same for one kind of work on a node; answers with what became of its last try, null where it had none. */
export async function stopWorkOn(tx: Tx, nodeId: number, action: TaskAction): Promise<string | null> {
  const mine = { node_id: nodeId, action };
  const last = await tx.table('tasks').select('result').where(mine).orderBy('id', 'desc').first();
  await tx
    .table('tasks')
    .where({ ...mine, status: 'running' })
    .update({ terminate: 1 });
  await tx
    .table('tasks')
    .where({ ...mine, status: 'queued' })
    .update(noLongerNeeded(tx));
  return last?.result ?? null;
}

/** The value of `terminate` for a task that a person stopped; 1: its reservation was ended. */
export const stopped = 2;

/** Stops an open task: one that waits is claimed at once to end as stopped. False when it has ended. */
export async function stopTask(tx: Tx, id: number): Promise<boolean> {
  const changed = await tx.change(
    `UPDATE tasks SET terminate = ?, wake = 0, run_after = CASE status WHEN 'queued' THEN ? ELSE run_after END
       WHERE id = ? AND status IN ('queued', 'running')`,
    [stopped, tx.now, id],
  );
  return changed === 1;
}

/** Makes an open task look again: a queued one runs now, a running one once more right after it. */
export async function wakeTask(
  tx: Tx,
  action: TaskAction,
  targetType: TargetType,
  targetId: number,
): Promise<void> {
  const openKey = `${action}:${targetType}:${targetId}`;
  await tx.table('tasks').where({ open_key: openKey }).update({ run_after: tx.now, wake: 1 });
}
