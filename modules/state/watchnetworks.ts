import { later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { noteNetwork } from './shared/note-network.ts';

const every = 5_000;

/**
 * Checks the networks that machines of a place start from, each as often as its pool says: whoever begins to answer DHCP there is
 * noticed before a machine starts something else.
 */
export const watchnetworks: StateModule = {
  action: 'watchnetworks',
  title: 'Checking imaging networks',
  holds: [],
  timeoutSeconds: 600,

  async run(context) {
    await Promise.all((await context.dueNetworks()).map((poolId) => check(context, poolId)));
    return later((await context.look()).now + every, 'until the next check');
  },

  /** It is in the log. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};

async function check(context: StateContext, poolId: number): Promise<void> {
  const checked = await context.checkNetwork(poolId);
  if (checked === null) return;
  await context.write(`network of pool ${poolId}`, (writer) => noteNetwork(writer, poolId, checked));
}
