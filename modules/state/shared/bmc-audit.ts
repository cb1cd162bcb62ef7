import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateContext } from '../../../src/domain/contracts/state.ts';
import { ModuleError } from '../../../src/domain/errors.ts';

/**
 * Compares what the BMC of the situation's node has with what it had: whoever was root on a machine may have made an account in
 * it. `node_broken` when it is another, which keeps the node from everybody until somebody has looked at it.
 */
export async function auditBmc(context: StateContext, situation: Situation): Promise<void> {
  const { node } = situation;
  if (!node) return;
  const found = await context.machine(situation).audit_bmc();
  if (found === null) return;
  const differs = await context.write('BMC audited', async (writer) => {
    const { differs: ways, news } = await writer.keepAudit(node.id, found);
    if (news) await writer.event('bmc-changed', { ways });
    return ways;
  });
  if (differs.length === 0) return;
  throw new ModuleError(
    'node_broken',
    `Its BMC is not as it was before its last person, so that nobody is given ${node.name}: ${differs.join('; ')}. Put it back, or save its BMC page when that is right.`,
  );
}
