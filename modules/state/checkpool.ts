import { done, type StateModule } from '../../src/domain/contracts/state.ts';

/** Tries a pool out: what its module finds is one event, which its page and the API show. */
export const checkpool: StateModule = {
  action: 'checkpool',
  title: 'Testing a pool',
  holds: [],
  timeoutSeconds: 90,

  async run(context) {
    const checked = await context.checkPool();
    if (!checked) return done('the pool is gone');
    const { name: pool, version, checks } = checked;
    await context.write('checked', (writer) => writer.event('pool-tested', { pool, version, checks }));
    const wrong = checks.filter(({ result }) => result === 'wrong').length;
    return done(
      wrong === 0 ? 'nothing is wrong' : `${wrong} of ${checks.length} checks found something wrong`,
    );
  },
};
