import { again, done, type Outcome, type StateContext } from '../../../src/domain/contracts/state.ts';
import type { ModuleError } from '../../../src/domain/errors.ts';

const mostWait = 10 * 60_000;

/** A node that is not clean is never free: it stays failed, visible, and its task tries again for ever, ever more seldom. */
export async function staysFailed(context: StateContext, error: ModuleError): Promise<Outcome> {
  const { node, now } = await context.look();
  if (!node) return done('the node is gone');
  await context.write('fails', async (writer) => {
    await writer.patchNode(node.id, { state: 'failed', failure: error.message });
    await writer.event('node-failed', { because: error.message });
  });
  return again(now + Math.min(mostWait, 5_000 * 2 ** Math.min(context.task.attempt, 10)), error.message);
}
