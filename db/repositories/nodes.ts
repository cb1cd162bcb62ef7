import type { NodePatch } from '../../src/domain/contracts/state-writer.ts';
import type { NodeState } from '../../src/domain/states.ts';
import type { Tx } from '../transaction.ts';

/** Changes what is given of a node; every change bumps its version. */
export async function patchNode(tx: Tx, id: number, patch: NodePatch): Promise<void> {
  const { state, revisionId, tainted, management, power, failure } = patch;
  const changes: Record<string, unknown> = {};
  if (state !== undefined) {
    changes.state = state;
    changes.state_at = tx.now;
    if (state === 'failed' && (await stateOf(tx, id)) !== 'failed') changes.failed_at = tx.now;
  }
  if (revisionId !== undefined) changes.revision_id = revisionId;
  if (tainted !== undefined) changes.tainted = tainted ? 1 : 0;
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
  await tx.table('nodes').where({ id }).update(changes).increment('version', 1);
}

async function stateOf(tx: Tx, id: number): Promise<NodeState | undefined> {
  const [node] = await tx.rows<{ state: NodeState }>('SELECT state FROM nodes WHERE id = ?', [id]);
  return node?.state;
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
}

/** Marks a node as touched: committed before anything is opened to a person (design, section 3). */
export async function taintNode(tx: Tx, id: number): Promise<void> {
  await tx.table('nodes').where({ id }).update({ tainted: 1 });
}
