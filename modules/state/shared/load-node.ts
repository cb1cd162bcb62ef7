import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { type Loaded, revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import { inTurn, type Outcome, type StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { auditBmc } from './bmc-audit.ts';
import { keepFailedCleaning } from './cleaning.ts';
import { keepInventory } from './keep-inventory.ts';

export interface LoadOptions {
  /** Though it is there already. */
  readonly fresh?: boolean;
  /** It stays with who had it: what they left on its disks is theirs. */
  readonly keepsPerson?: boolean;
}

/**
 * Puts `revision` on the situation's node, unless it is there already and untouched. Asks, then acts: run again after a
 * crash it goes on with the same load. Afterwards the control plane knows the node to hold that revision, clean. It answers
 * whether it was there, or with the task's outcome for now: other loads are before it.
 */
export async function loadNode(
  context: StateContext,
  situation: Situation,
  revision: RevisionFacts,
  options: LoadOptions = {},
): Promise<'was there' | 'loaded' | Outcome> {
  if (!situation.node) throw new ModuleError('failed', 'The node is gone.');
  const { revisionId, tainted, unclean } = situation.node;
  const asIs = !options.fresh && revisionId === revision.id && !tainted && !unclean;
  if (asIs && (await context.machine(situation, revision).node_status()).status === 'READY')
    return 'was there';
  const ahead = await context.loadTurn(situation);
  if (ahead !== null) return inTurn(situation.now, ahead);
  await load(context, situation.node.id, revision, options);
  return 'loaded';
}

async function load(
  context: StateContext,
  nodeId: number,
  revision: RevisionFacts,
  { keepsPerson = false }: LoadOptions,
): Promise<void> {
  await context.write('load begins', (writer) => writer.beginLoad(nodeId, revision));
  const began = await context.look();
  const machine = context.machine(began, revision);
  const keepsBytes = keepsPerson && machine.cleanSeconds !== null;
  const afterSomebody = began.node?.unclean === true && !keepsPerson;
  if (afterSomebody) context.allow(machine.cleanSeconds ?? 0);
  const loaded = await tried(context, nodeId, async () => {
    if (afterSomebody) await auditBmc(context, began);
    return await machine.load({ keepsPerson });
  });
  await context.write('load ends', async (writer) => {
    if (loaded.cleaned) await writer.keepCleaning(nodeId, loaded.cleaned);
    if (loaded.inventory) await keepInventory(writer, nodeId, loaded.inventory);
    await writer.patchNode(nodeId, {
      revisionId: revision.id,
      tainted: false,
      ...(keepsBytes ? {} : { unclean: false }),
      management: loaded.management,
      power: 'on',
      failure: null,
    });
    await writer.endLoad(null);
    await writer.event('loaded', { image: revisionName(revision) });
    const since = began.node?.loadBeganAt;
    if (since)
      await writer.measured(
        revision.imageId,
        nodeId,
        'load',
        writer.now - since - cleaningTook(loaded.cleaned),
      );
  });
}

/** What stopped it from outside is told by who records the task. What came of the disks is kept, whatever came after it. */
async function tried(context: StateContext, nodeId: number, load: () => Promise<Loaded>): Promise<Loaded> {
  try {
    return await load();
  } catch (error) {
    const because = error instanceof Error ? error.message : String(error);
    if (!context.signal.aborted) await context.write('load failed', (writer) => writer.endLoad(because));
    if (error instanceof ModuleError) await keepFailedCleaning(context, nodeId, error);
    throw error;
  }
}

/** Milliseconds: that of its last person is none of the image's time. */
function cleaningTook(cleaned: Loaded['cleaned'] = []): number {
  return Math.max(0, ...cleaned.map(({ seconds }) => seconds)) * 1000;
}
