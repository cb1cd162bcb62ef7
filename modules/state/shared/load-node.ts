import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/** What getting a revision onto a node came to. `waiting`: every boot slot of the host is taken. */
export type LoadOutcome = 'ready' | 'waiting';

/**
 * Puts `revision` on the situation's node, unless it is there already and untouched. Asks, then acts: run again after a
 * crash it goes on with the same load. Afterwards the control plane knows the node to hold that revision, clean.
 */
export async function loadNode(
  context: StateContext,
  situation: Situation,
  revision: RevisionFacts,
  options: { fresh?: boolean } = {},
): Promise<LoadOutcome> {
  if (!situation.node) throw new ModuleError('failed', 'The node is gone.');
  const asIs = !options.fresh && situation.node.revisionId === revision.id && !situation.node.tainted;
  if (asIs && (await context.machine(situation, revision).node_status()).status === 'READY') return 'ready';
  if (!context.machine(situation, revision).simulated && !(await context.bootSlot())) return 'waiting';
  return load(context, situation.node.id, revision);
}

async function load(context: StateContext, nodeId: number, revision: RevisionFacts): Promise<LoadOutcome> {
  await context.write('load begins', (writer) => writer.beginLoad(nodeId, revision));
  const began = await context.look();
  const loaded = await tried(context, () => context.machine(began, revision).load());
  await context.write('load ends', async (writer) => {
    await writer.patchNode(nodeId, {
      revisionId: revision.id,
      tainted: false,
      management: loaded.management,
      power: 'on',
      failure: null,
    });
    await writer.endLoad(null);
    await writer.event('loaded', { image: revisionName(revision) });
    const since = began.node?.loadBeganAt;
    if (since && began.pool)
      await writer.measured(revision.imageId, began.pool.id, 'load', writer.now - since);
  });
  return 'ready';
}

/** What stopped it from outside is told by who records the task. */
async function tried<T>(context: StateContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    if (!context.signal.aborted) await context.write('load failed', (writer) => writer.endLoad(because));
    throw error;
  }
}
