import { done, type StateModule } from '../../src/domain/contracts/state.ts';
import { noteNetwork } from './shared/note-network.ts';

/** Tries a pool out: what its module finds is one event, which its page and the API show. */
export const checkpool: StateModule = {
  action: 'checkpool',
  title: 'Testing a pool',
  holds: [],
  timeoutSeconds: 90,

  async run(context) {
    const checked = await context.checkPool();
    if (!checked) return done('the pool is gone');
    const { name: pool, version, checks, network } = checked;
    await context.write('checked', async (writer) => {
      await writer.event('pool-tested', { pool, version, checks });
      if (network) await noteNetwork(writer, context.task.targetId, network);
    });
    const wrong = checks.filter(({ result }) => result === 'wrong').length;
    return done(
      wrong === 0 ? 'nothing is wrong' : `${wrong} of ${checks.length} checks found something wrong`,
    );
  },
};
