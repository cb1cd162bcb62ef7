import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import { inTurn, type Outcome, type StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/**
 * Puts `revision` on the situation's node, unless it is there already and untouched. Asks, then acts: run again after a
 * crash it goes on with the same load. Afterwards the control plane knows the node to hold that revision, clean. What it
 * answers with instead of null is the task's outcome for now: other loads are before it.
 */
export async function loadNode(
  context: StateContext,
  situation: Situation,
  revision: RevisionFacts,
  options: { fresh?: boolean } = {},
): Promise<Outcome | null> {
  if (!situation.node) throw new ModuleError('failed', 'The node is gone.');
  const asIs = !options.fresh && situation.node.revisionId === revision.id && !situation.node.tainted;
  if (asIs && (await context.machine(situation, revision).node_status()).status === 'READY') return null;
  const ahead = await context.loadTurn(situation);
  if (ahead !== null) return inTurn(situation.now, ahead);
  await load(context, situation.node.id, revision);
  return null;
}

async function load(context: StateContext, nodeId: number, revision: RevisionFacts): Promise<void> {
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
