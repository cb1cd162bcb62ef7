/** What is kept of each try at loading a node. At most one of a node is open. */
import {
  type BegunPhase,
  enoughLoads,
  type PhaseSaid,
  phaseTimes,
  slowerPhases,
  slowFrom,
  usualPhases,
  withPhase,
} from '../../src/domain/load-phases.ts';
import { modelOf } from '../../src/domain/machine-model.ts';
import { earlierLoads } from '../queries/loads.ts';
import type { LoadRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';
import { addEvent } from './events.ts';
import type { TaskRow } from './tasks.ts';

/** What is put on the node. */
interface Put {
  readonly imageId: number;
  /** `tiny-v3`. */
  readonly name: string;
}

/** Opens a try, unless this load has one that goes on; another that was left open is given up. */
export async function openLoad(
  tx: Tx,
  nodeId: number,
  task: Pick<TaskRow, 'id' | 'action' | 'reservation_id'>,
  put: Put,
): Promise<void> {
  const [node] = await tx.rows<{ load_no: number; pool_id: number; bmc_info: string | null }>(
    `SELECT n.load_no, n.pool_id, h.bmc_info FROM nodes n LEFT JOIN node_hardware h ON h.node_id = n.id WHERE n.id = ?`,
    [nodeId],
  );
  if (!node) return;
  const left = await tx.rows<LoadRow>('SELECT * FROM loads WHERE node_id = ? AND ended_at IS NULL', [nodeId]);
  for (const row of left) {
    if (row.task_id === task.id && row.load_no === node.load_no) return;
    await close(tx, row, 'failed', 'It was given up.');
  }
  await tx.insert('loads', {
    node_id: nodeId,
    load_no: node.load_no,
    task_id: task.id,
    action: task.action,
    reservation_id: task.reservation_id,
    pool_id: node.pool_id,
    image_id: put.imageId,
    image: put.name.slice(0, 80),
    model: modelOf(node.bmc_info),
    began_at: tx.now,
    outcome: 'running',
    phases: '[]',
  });
}

/** Says how far a task's load is, and which phase it has come to. */
export async function followLoad(
  tx: Tx,
  taskId: number,
  said: PhaseSaid & { readonly step: string; readonly fraction?: number | undefined },
): Promise<void> {
  const [row] = await openOf(tx, taskId);
  if (!row) return;
  const before = JSON.parse(row.phases) as BegunPhase[];
  const begun = withPhase(before, said, tx.now);
  const now = { step: said.step.slice(0, 200), fraction: said.fraction ?? null };
  const next =
    begun === before ? {} : { phases: JSON.stringify(begun), slow_at: await slowAt(tx, row, begun.at(-1)) };
  await tx
    .table('loads')
    .where({ id: row.id })
    .update({ ...now, ...next });
}

async function slowAt(tx: Tx, row: LoadRow, phase: BegunPhase | undefined): Promise<number | null> {
  const [earlier = []] = await earlierLoads(tx, [row]);
  return phase && earlier.length >= enoughLoads ? slowFrom(phase, usualPhases(earlier)) : null;
}

/** Ends the load that a task has open, if it has one. `failure`: why, in a sentence; null: it is loaded. */
export async function endLoad(tx: Tx, taskId: number, failure: string | null): Promise<void> {
  for (const row of await openOf(tx, taskId)) {
    await close(tx, row, failure === null ? 'loaded' : 'failed', failure);
    if (failure === null) await compare(tx, row);
  }
}

function openOf(tx: Tx, taskId: number): Promise<LoadRow[]> {
  return tx.rows('SELECT * FROM loads WHERE task_id = ? AND ended_at IS NULL', [taskId]);
}

async function close(
  tx: Tx,
  { id }: LoadRow,
  outcome: 'loaded' | 'failed',
  failure: string | null,
): Promise<void> {
  const changes = { outcome, ended_at: tx.now, failure: failure?.slice(0, 500) ?? null };
  await tx
    .table('loads')
    .where({ id })
    .update({ ...changes, step: null, fraction: null });
}

/** A phase that took twice as long as it does on such machines with that image is told. */
async function compare(tx: Tx, row: LoadRow): Promise<void> {
  const [earlier = []] = await earlierLoads(tx, [row]);
  if (earlier.length < enoughLoads) return;
  const times = phaseTimes(JSON.parse(row.phases) as BegunPhase[], Number(row.began_at), tx.now);
  const slower = slowerPhases(times, usualPhases(earlier));
  if (slower.length === 0) return;
  await tx
    .table('loads')
    .where({ id: row.id })
    .update({ slower: JSON.stringify(slower) });
  const about = { nodeId: row.node_id, taskId: row.task_id, reservationId: row.reservation_id };
  await addEvent(tx, { kind: 'load-slower', ...about, data: { image: row.image, slower } });
}
