import type { TaskAction } from '../../src/domain/contracts/task.ts';
import { marks } from '../marks.ts';
import type { Reader, Tx } from '../transaction.ts';
import { stopped, type TaskRow } from './tasks.ts';

/** The daemon's side of tasks: claiming, holding and giving back; what queues and stops them is in tasks.ts. */

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
  const { id, claim_epoch: epoch, terminate } = task;
  const changed = await tx.change(
    `UPDATE tasks SET status = 'running', wake = 0, claimed_by = ?, claim_epoch = claim_epoch + 1, claim_until = ?,
       run_node = ?, run_reservation = ?, run_host_slot = ?
     WHERE id = ? AND status = 'queued' AND claim_epoch = ? AND terminate = ?`,
    [holder, tx.now + lease, slots.node, slots.reservation, slots.host, id, epoch, terminate],
  );
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

const notRunning =
  'claimed_by = NULL, claim_until = NULL, run_node = NULL, run_reservation = NULL, run_host_slot = NULL, run_pool_slot = NULL';
const notWaiting = 'waits_slot = NULL, waits_since = NULL, waits_ahead = NULL';

/** Ends a running task for good. */
export async function endTask(
  tx: Tx,
  id: number,
  status: 'done' | 'failed',
  result: string | null,
): Promise<void> {
  await tx.change(
    `UPDATE tasks SET status = ?, result = ?, open_key = NULL, ended_at = ?, ${notRunning}, ${notWaiting} WHERE id = ?`,
    [status, result?.slice(0, 500) ?? null, tx.now, id],
  );
}

/** How a running task is put back into the queue. */
export interface Requeued {
  readonly runAfter: number;
  readonly attempt: number;
  readonly because: string;
  /** It has its turn among the loads that wait, and keeps it. */
  readonly keepsTurn: boolean;
}

/** Puts a running task back into the queue for `runAfter`, or for now when it was woken while it ran. */
export async function requeueTask(
  tx: Tx,
  id: number,
  { runAfter, attempt, because, keepsTurn }: Requeued,
): Promise<void> {
  await tx.change(
    `UPDATE tasks SET status = 'queued', attempt = ?, result = ?, run_after = CASE wake WHEN 1 THEN ? ELSE ? END, wake = 0,
       ${keepsTurn ? notRunning : `${notRunning}, ${notWaiting}`} WHERE id = ?`,
    [attempt, because.slice(0, 500), tx.now, runAfter, id],
  );
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
  return tx.rows(
    `SELECT t.* FROM tasks t WHERE t.status = 'queued' AND t.run_after <= ? AND t.place_id IN (${marks(placeIds)})
       AND NOT (t.action IN (${marks(loadingActions)})
         AND EXISTS (SELECT 1 FROM places p WHERE p.id = t.place_id AND p.draining_since IS NOT NULL))
       AND (t.action IN (${marks(patient)}) OR NOT EXISTS (SELECT 1 FROM tasks busy WHERE busy.run_node = t.node_id))
     ORDER BY t.run_after LIMIT ${Number(limit)}`,
    [tx.now, ...placeIds, ...loadingActions, ...patient],
  );
}

/** What begins a load: nothing of it is claimed at a place that is being drained. */
export const loadingActions: readonly TaskAction[] = [
  'new',
  'seat',
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
  const predecessors = holders.length === 0 ? '' : `OR claimed_by IN (${marks(holders)})`;
  return tx.change(
    `UPDATE tasks SET status = 'queued', ${notRunning},
       terminate = CASE terminate WHEN ${stopped} THEN ${stopped} ELSE 0 END, run_after = ?
     WHERE status = 'running' AND place_id IN (${marks(placeIds)}) AND (claim_until < ? ${predecessors})`,
    [tx.now, ...placeIds, tx.now, ...holders],
  );
}
