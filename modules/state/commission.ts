import { done, type StateModule } from '../../src/domain/contracts/state.ts';

/** Takes a new node into service: whatever its backend still has under its name is removed, then it is loaded. */
export const commission: StateModule = {
  action: 'commission',
  title: 'Taking the machine into service',
  holds: ['node'],
  timeoutSeconds: 120,

  async run(context) {
    const situation = await context.look();
    const { node } = situation;
    if (!node) return done('the node is gone');
    if (node.state !== 'reloading' || node.load !== 0) return done('in service already');
    await context.machine(situation).unload();
    await context.write('commissioned', async (writer) => {
      await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id });
      await writer.event('commissioned');
    });
    return done();
  },
};
