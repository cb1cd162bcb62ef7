import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { cleanNode } from './shared/cleaning.ts';
import { loadNode } from './shared/load-node.ts';
import { staysFailed } from './shared/stays-failed.ts';

/**
 * Cleans a node: whatever was there is replaced by the image it shall hold, and in the transaction that marks it clean its
 * hold is released. Without a hold it is a reload ahead of demand, and gives way when the node is booked.
 */
export const reload: StateModule = {
  action: 'reload',
  title: 'Cleaning and reloading the machine',
  holds: ['node'],
  timeoutSeconds: 'load',

  async run(context) {
    const situation = await context.look();
    const { node } = situation;
    const wanted = situation.target ?? situation.wanted;
    if (!node || !['available', 'reloading', 'failed'].includes(node.state))
      return done('not to be reloaded');
    if (
      !endedHold(situation) &&
      node.state === 'available' &&
      !node.tainted &&
      !node.unclean &&
      !node.reloadAsked &&
      (!wanted || node.revisionId === wanted.id)
    ) {
      return done('clean already');
    }
    if (!wanted) return unload(context, situation);
    // one that failed stays failed, visible, until it is clean
    if (node.state === 'available')
      await context.write('reloads', (writer) => writer.patchNode(node.id, { state: 'reloading' }));
    const came = await loadNode(context, situation, wanted, { fresh: node.reloadAsked });
    if (typeof came === 'object') return came;
    await clean(context, node.id, context.task.createdAt);
    return done();
  },

  failed: staysFailed,
};

/** What holds the node only until it is clean. */
function endedHold({ allocation }: Situation) {
  return allocation && ['ending', 'failed'].includes(allocation.state) ? allocation : null;
}

async function clean(context: StateContext, nodeId: number, since: number): Promise<void> {
  const situation = await context.look();
  const { wanted } = situation;
  const hold = endedHold(situation);
  await context.write('clean', async (writer) => {
    if (hold) await writer.releaseAllocation(hold.id);
    await writer.patchNode(nodeId, { state: 'available', failure: null });
    if (hold && wanted) await writer.measured(wanted.imageId, nodeId, 'reclaim', writer.now - since);
    await writer.event('node-clean');
  });
}

/** No image to load: the node is only emptied. */
async function unload(context: StateContext, situation: Situation) {
  const { node } = situation;
  const hold = endedHold(situation);
  if (!node) return done();
  await cleanNode(context, situation);
  await context.machine(situation).unload();
  await context.write('clean', async (writer) => {
    if (hold) await writer.releaseAllocation(hold.id);
    await writer.patchNode(node.id, {
      state: 'available',
      revisionId: null,
      tainted: false,
      unclean: false,
      management: null,
      power: 'off',
      failure: null,
    });
    await writer.event('node-clean');
  });
  return done();
}
