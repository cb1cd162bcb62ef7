import type { NewTask, TargetType, TaskAction } from '../../src/domain/contracts/task.ts';
import type { Reader, Tx } from '../transaction.ts';

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
  const open = await tx
    .table('tasks')
    .select('id', 'status', 'run_after')
    .where({ open_key: openKey })
    .first();
  if (open) {
    if (open.status === 'queued' && runAfter < Number(open.run_after)) {
      await tx.table('tasks').where({ id: open.id, status: 'queued' }).update({ run_after: runAfter });
    }
    return Number(open.id);
  }
  return insertTask(tx, task, where, openKey);
}

/** Queues a task whose target was made in this very transaction, so that no other can be open. */
export async function insertTask(tx: Tx, task: NewTask, where: TaskPlace, openKey?: string): Promise<number> {
  return tx.insert('tasks', {
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
  });
}

export interface Claim {
  readonly holder: string;
  readonly epoch: number;
}

/** Slots that only one running task may hold; each is a UNIQUE column. */
export interface RunSlots {
  readonly node: number | null;
  readonly reservation: number | null;
  readonly host: string | null;
}

/** How long a claim holds when it is not renewed (design, section 4). */
export const leaseMilliseconds = 15_000;

/**
 * Claims a queued task: one compare-and-swap. False when another has it; a duplicate key (isDuplicate) means that one of
 * its slots is taken: not now either.
 */
export async function claimTask(
  tx: Tx,
  task: TaskRow,
  holder: string,
  slots: RunSlots,
  lease = leaseMilliseconds,
): Promise<boolean> {
  const changed = await tx
    .table('tasks')
    .where({ id: task.id, status: 'queued', claim_epoch: task.claim_epoch, terminate: task.terminate })
    .update({
      status: 'running',
      wake: 0,
      claimed_by: holder,
      claim_epoch: task.claim_epoch + 1,
      claim_until: tx.now + lease,
      run_node: slots.node,
      run_reservation: slots.reservation,
      run_host_slot: slots.host,
    });
  return changed === 1;
}

/** The write that begins every transaction of a running task. False: the lease is lost, write nothing more. */
export async function holdLease(tx: Tx, id: number, claim: Claim, renewUntil?: number): Promise<boolean> {
  const renew = renewUntil === undefined ? '' : ', claim_until = ?';
  const changed = await tx.change(
    `UPDATE tasks SET lease_seq = lease_seq + 1${renew} WHERE id = ? AND claimed_by = ? AND claim_epoch = ? AND status = 'running'`,
    [...(renewUntil === undefined ? [] : [renewUntil]), id, claim.holder, claim.epoch],
  );
  return changed === 1;
}

const notRunning = {
  claimed_by: null,
  claim_until: null,
  run_node: null,
  run_reservation: null,
  run_host_slot: null,
  run_pool_slot: null,
};

/** Ends a running task for good. */
export async function endTask(
  tx: Tx,
  id: number,
  status: 'done' | 'failed',
  result: string | null,
): Promise<void> {
  await tx
    .table('tasks')
    .where({ id })
    .update({
      ...notRunning,
      status,
      result: result?.slice(0, 500) ?? null,
      open_key: null,
      ended_at: tx.now,
    });
}

/** Puts a running task back into the queue for `runAfter`, or for now when it was woken while it ran. */
export async function requeueTask(
  tx: Tx,
  id: number,
  runAfter: number,
  attempt: number,
  because: string,
): Promise<void> {
  await tx.change(
    `UPDATE tasks SET status = 'queued', claimed_by = NULL, claim_until = NULL, run_node = NULL, run_reservation = NULL,
       run_host_slot = NULL, run_pool_slot = NULL, attempt = ?, result = ?,
       run_after = CASE wake WHEN 1 THEN ? ELSE ? END, wake = 0 WHERE id = ?`,
    [attempt, because.slice(0, 500), tx.now, runAfter, id],
  );
}

/** Asks the running tasks of a reservation to stop, and removes its queued ones, except those named. */
export async function stopTasksOf(
  tx: Tx,
  reservationId: number,
  except: readonly TaskAction[],
): Promise<void> {
  await tx
    .table('tasks')
    .where({ reservation_id: reservationId, status: 'running' })
    .whereNotIn('action', except)
    .update({ terminate: 1 });
  await tx
    .table('tasks')
    .where({ reservation_id: reservationId, status: 'queued' })
    .whereNotIn('action', except)
    .update({ status: 'done', result: 'no longer needed', open_key: null, ended_at: tx.now });
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

/** A slot of the host for a running task. False when it is taken (a duplicate key undoes only this). */
export async function takeHostSlot(tx: Tx, id: number, slot: string): Promise<boolean> {
  const [other] = await tx.rows('SELECT id FROM tasks WHERE run_host_slot = ? AND id <> ?', [slot, id]);
  if (other) return false;
  await tx.table('tasks').where({ id }).update({ run_host_slot: slot });
  return true;
}

/**
 * Tasks that may run now at these places, oldest due first. Those whose node is busy are left out, so that none waits behind
 * them, unless their action is one of `patient`.
 */
export async function dueTasks(
  tx: Reader,
  placeIds: readonly number[],
  patient: readonly TaskAction[],
  limit: number,
): Promise<TaskRow[]> {
  return tx
    .table('tasks')
    .where({ status: 'queued' })
    .andWhere('run_after', '<=', tx.now)
    .whereIn('place_id', placeIds as number[])
    .whereNot((drained) =>
      drained
        .whereIn('action', loadingActions)
        .whereRaw(
          'EXISTS (SELECT 1 FROM places p WHERE p.id = tasks.place_id AND p.draining_since IS NOT NULL)',
        ),
    )
    .andWhere((either) =>
      either
        .whereIn('action', patient)
        .orWhereRaw('NOT EXISTS (SELECT 1 FROM tasks busy WHERE busy.run_node = tasks.node_id)'),
    )
    .orderBy('run_after')
    .limit(limit);
}

/** What begins a load: nothing of it is claimed at a place that is being drained. */
export const loadingActions: readonly TaskAction[] = [
  'new',
  'reload',
  'reinstall',
  'commission',
  'makeproduction',
];

/** Who has running tasks. */
export async function runningHolders(tx: Tx): Promise<string[]> {
  const running = tx.table('tasks').where({ status: 'running' });
  return running.whereNotNull('claimed_by').distinct().pluck<string[]>('claimed_by');
}

/** Re-queues the tasks whose holder lost its lease, or all of `holders` at once (this daemon's own predecessors). */
export async function requeueLost(
  tx: Tx,
  placeIds: readonly number[],
  holders: readonly string[],
): Promise<number> {
  const marks = (count: number) => Array.from({ length: count }, () => '?').join(', ');
  const predecessors = holders.length === 0 ? '' : `OR claimed_by IN (${marks(holders.length)})`;
  return tx.change(
    `UPDATE tasks SET status = 'queued', claimed_by = NULL, claim_until = NULL, run_node = NULL, run_reservation = NULL,
       run_host_slot = NULL, run_pool_slot = NULL,
       terminate = CASE terminate WHEN ${stopped} THEN ${stopped} ELSE 0 END, run_after = ?
     WHERE status = 'running' AND place_id IN (${marks(placeIds.length)}) AND (claim_until < ? ${predecessors})`,
    [tx.now, ...placeIds, tx.now, ...holders],
  );
}
