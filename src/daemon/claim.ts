import { claimTask } from '../../db/repositories/task-claims.ts';
import type { TaskRow } from '../../db/repositories/tasks.ts';
import { inTransaction, isDuplicate, type Tx } from '../../db/transaction.ts';
import type { StateModule } from '../domain/contracts/state.ts';
import type { DaemonDeps } from './deps.ts';

/** A task's own work, or what it does while another task has what it holds. */
export type Work = 'run' | 'busy';

const noSlots = { node: null, reservation: null, host: null };

/** Claims a due task with the slots it holds; null when another has it, or has its slots and it must wait for them. */
export async function claim(
  { db, holder }: Pick<DaemonDeps, 'db' | 'holder'>,
  row: TaskRow,
  module: StateModule,
  lease: number,
): Promise<Work | null> {
  try {
    return await inTransaction(db, async (tx) => {
      const node = module.holds.includes('node') ? await nodeOf(tx, row) : null;
      const reservation = module.holds.includes('reservation') ? row.target_id : null;
      const busy = await slotTaken(tx, node, reservation);
      if (busy && !module.busy) return null;
      const slots = busy ? noSlots : { node, reservation, host: null };
      if (!(await claimTask(tx, row, holder, slots, lease))) return null;
      return busy ? 'busy' : 'run';
    });
  } catch (error) {
    if (isDuplicate(error)) return null;
    throw error;
  }
}

/** The node a task holds: its own, or the one its reservation has now. */
async function nodeOf(tx: Tx, row: TaskRow): Promise<number | null> {
  if (row.target_type === 'node') return row.target_id;
  if (row.target_type === 'allocation') return row.node_id;
  const [live] = await tx.rows<{ node_id: number }>(
    "SELECT node_id FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND state <> 'failed' AND member = 0 ORDER BY id DESC LIMIT 1",
    [row.target_id],
  );
  return live?.node_id ?? null;
}

async function slotTaken(tx: Tx, node: number | null, reservation: number | null): Promise<boolean> {
  const [other] = await tx.rows('SELECT id FROM tasks WHERE run_node = ? OR run_reservation = ? LIMIT 1', [
    node ?? -1,
    reservation ?? -1,
  ]);
  return other !== undefined;
}
