import type { NodePatch } from '../../src/domain/contracts/state-writer.ts';
import type { NodeState, OutFor } from '../../src/domain/states.ts';
import { sets } from '../marks.ts';
import { noteFreed, type Tx } from '../transaction.ts';
import { addEvent } from './events.ts';
import { wakeTask } from './tasks.ts';

/** Changes what is given of a node; every change bumps its version. */
export async function patchNode(tx: Tx, id: number, patch: NodePatch): Promise<void> {
  const { state, revisionId, tainted, unclean, management, power, failure } = patch;
  const changes: Record<string, number | string | null> = {};
  if (state !== undefined) Object.assign(changes, await stateChanges(tx, id, state));
  if (revisionId !== undefined) changes.revision_id = revisionId;
  if (tainted !== undefined) changes.tainted = tainted ? 1 : 0;
  if (unclean ?? tainted) changes.unclean = 1;
  if (unclean === false) changes.unclean = 0;
  if (management !== undefined) {
    changes.management_host = management?.host ?? null;
    changes.management_port = management?.port ?? null;
  }
  if (power !== undefined) changes.power = power;
  if (failure !== undefined) changes.failure = failure?.slice(0, 500) ?? null;
  if (revisionId) {
    const [revision] = await tx.rows<{ image_id: number }>(
      'SELECT image_id FROM image_revisions WHERE id = ?',
      [revisionId],
    );
    if (revision) changes.preferred_image_id = revision.image_id;
    await tx
      .table('image_revisions')
      .where({ id: revisionId })
      .whereNull('proven_at')
      .update({ proven_at: tx.now });
  }
  await tx.change(`UPDATE nodes SET ${['version = version + 1', ...sets(changes)].join(', ')} WHERE id = ?`, [
    ...[...Object.values(changes), id],
  ]);
}

/** One that is wanted out of service is never available again: nobody is given it in between. */
async function stateChanges(tx: Tx, id: number, state: NodeState): Promise<Record<string, unknown>> {
  const [node] = await tx.rows<{ state: NodeState; out_for: OutFor | null }>(
    'SELECT state, out_for FROM nodes WHERE id = ?',
    [id],
  );
  const free = state === 'available';
  const leaves = free && node?.out_for != null;
  if (leaves) await wakeTask(tx, 'tomaintenance', 'node', id);
  else if (free) noteFreed(tx);
  return {
    state: leaves ? 'maintenance' : state,
    state_at: tx.now,
    ...(free ? { next_image_id: null } : {}),
    ...(state === 'failed' && node?.state !== 'failed' ? { failed_at: tx.now } : {}),
  };
}

/**
 * Draws a node's next load number with its sealed secrets and host keys; once per task. From here on the node counts as
 * holding nothing.
 */
export async function beginLoad(
  tx: Tx,
  id: number,
  taskId: number,
  makeSecrets: () => { sealed: string; hostKeys: readonly string[] },
): Promise<void> {
  const [node] = await tx.rows<{ load_task_id: number | null }>(
    'SELECT load_task_id FROM nodes WHERE id = ?',
    [id],
  );
  if (node?.load_task_id === taskId) return;
  const { sealed, hostKeys } = makeSecrets();
  await tx
    .table('nodes')
    .where({ id })
    .increment('load_no', 1)
    .update({
      load_task_id: taskId,
      load_began_at: tx.now,
      revision_id: null,
      management_host: null,
      management_port: null,
      power: 'unknown',
      secrets: sealed,
      host_keys: JSON.stringify(hostKeys),
    });
  await addEvent(tx, { kind: 'load-begun', nodeId: id, taskId, retention: 'statistic' });
}

/** Marks a node as touched: committed before anything is opened to a person (design, section 3). */
export async function taintNode(tx: Tx, id: number): Promise<void> {
  await tx.table('nodes').where({ id }).update({ tainted: 1, unclean: 1 });
}
