/** What came of a machine's disks is kept, whatever became of the work that it was part of. */
import type { CleanedDisk } from '../../../src/domain/contracts/facts.ts';
import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { auditBmc } from './bmc-audit.ts';

/** Cleans the situation's node where that is due, without loading it. Throws when it is not clean afterwards. */
export async function cleanNode(context: StateContext, situation: Situation): Promise<void> {
  const { node } = situation;
  const machine = context.machine(situation);
  if (!node?.unclean || machine.cleanSeconds === null) return;
  context.allow(machine.cleanSeconds);
  await auditBmc(context, situation);
  try {
    const disks = await machine.clean();
    await context.write('cleaned', async (writer) => {
      await writer.keepCleaning(node.id, disks);
      await writer.patchNode(node.id, { unclean: false });
    });
  } catch (error) {
    if (error instanceof ModuleError) await keepFailedCleaning(context, node.id, error);
    throw error;
  }
}

/** Of work that failed with or after its cleaning. */
export async function keepFailedCleaning(
  context: StateContext,
  nodeId: number,
  { facts }: ModuleError,
): Promise<void> {
  const disks = facts.cleaned as readonly CleanedDisk[] | null | undefined;
  if (!disks || context.signal.aborted) return;
  const unclean = disks.some(({ result }) => result === 'failed');
  await context.write('cleaning kept', async (writer) => {
    await writer.keepCleaning(nodeId, disks);
    if (!unclean) await writer.patchNode(nodeId, { unclean: false });
  });
}
