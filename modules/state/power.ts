import { done, type StateModule } from '../../src/domain/contracts/state.ts';
import { reopen } from './shared/access.ts';

/** Brings a machine's power to what was asked for (`args.to`: on, off or reset; `args.crashed`: it went down by itself). On is from its own disk: nobody loses anything. */
export const power: StateModule = {
  action: 'power',
  title: 'Switching the machine',
  holds: ['node'],
  timeoutSeconds: 300,

  async run(context) {
    const situation = await context.look();
    const { node } = situation;
    if (!node) return done('the node is gone');
    const machine = context.machine(situation);
    if (context.task.args.to === 'off') {
      await machine.power_off();
      await context.write('off', (writer) => writer.patchNode(node.id, { power: 'off' }));
      return done();
    }
    const reset = context.task.args.to === 'reset';
    const started = await (reset ? machine.power_reset() : machine.power_on());
    await context.write('on', async (writer) => {
      await writer.patchNode(node.id, {
        power: 'on',
        ...(started.management ? { management: started.management } : {}),
      });
      const whose = situation.reservation?.id;
      if (started.changed && !reset)
        await writer.event('powered-on', { crashed: context.task.args.crashed }, whose);
    });
    await reopen(context, await context.look());
    const { reservation } = situation;
    if (reservation && context.task.args.crashed === true) {
      const sentence = 'Your machine went down and was started again from its own disk.';
      await context.write('told', (writer) =>
        writer.notify(reservation.id, `restarted-${context.task.id}`, { sentence }),
      );
    }
    return done();
  },
};
