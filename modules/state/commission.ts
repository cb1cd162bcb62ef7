import { done, type StateModule } from '../../src/domain/contracts/state.ts';
import { staysFailed } from './shared/stays-failed.ts';

/**
 * Takes a new node into service: its BMC, where it has one, is asked who it is; whatever its backend still has under its name is
 * removed; then it is loaded. Of a node that is in service, or wanted out of it, the BMC alone is asked.
 */
export const commission: StateModule = {
  action: 'commission',
  title: 'Taking the machine into service',
  holds: ['node'],
  timeoutSeconds: 120,

  async run(context) {
    const situation = await context.look();
    const { node } = situation;
    if (!node) return done('the node is gone');
    const machine = context.machine(situation);
    const bmc = await machine.greet_bmc();
    if (bmc) await context.write('BMC kept', (writer) => writer.keepBmc(node.id, bmc));
    const audit = await machine.audit_bmc();
    if (audit) await context.write('BMC known', (writer) => writer.keepAudit(node.id, audit));
    if (node.outFor !== null) return done('it is out of service');
    if (!['reloading', 'failed'].includes(node.state) || node.load !== 0) return done('in service already');
    await machine.unload();
    await context.write('commissioned', async (writer) => {
      await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id });
      await writer.event('commissioned');
    });
    return done();
  },

  async failed(context, error) {
    const { node } = await context.look();
    if (node && (node.load !== 0 || node.outFor !== null)) throw error;
    return await staysFailed(context, error);
  },
};
