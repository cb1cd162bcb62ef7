import {
  again,
  done,
  type Situation,
  type StateContext,
  type StateModule,
} from '../../src/domain/contracts/state.ts';
import { ModuleError } from '../../src/domain/errors.ts';
import { reopen } from './shared/access.ts';

/** Restarts the machine from its own disk and gives it back as it was: accounts and files stay. */
export const reboot: StateModule = {
  action: 'reboot',
  title: 'Rebooting the machine',
  holds: ['reservation', 'node'],
  timeoutSeconds: 300,

  async run(context) {
    const situation = await context.look();
    const { reservation, node } = situation;
    if (reservation?.state !== 'reboot' || !node) return done('not wanted any more');
    const started = await restart(context, situation);
    await context.write('restarted', (writer) =>
      writer.patchNode(node.id, { management: started, power: 'on' }),
    );
    await reopen(context, await context.look());
    await giveBack(context, situation);
    return done();
  },

  async failed(context, error) {
    const situation = await context.look();
    if (situation.reservation?.state !== 'reboot') return done('not wanted any more');
    if (context.task.attempt < 3) return again(situation.now + 1_000, error.message);
    await giveBack(context, situation);
    await context.write('not restarted', (writer) =>
      writer.event('reboot-failed', { because: error.message }),
    );
    throw error;
  },
};

/** A reset keeps the disk; a machine that is off is switched on. Before a power step is repeated, the power is read. */
async function restart(context: StateContext, situation: Situation) {
  const machine = context.machine(situation);
  const running = (await machine.power_status()) === 'on';
  const started = running ? await machine.power_reset() : await machine.power_on();
  if (!started.management && !machine.simulated)
    throw new ModuleError('retry', 'The machine did not come back yet.');
  return started.management;
}

async function giveBack(context: StateContext, { reservation }: Situation): Promise<void> {
  if (!reservation) return;
  const to = reservation.connectedAt === null ? 'reserved' : 'inuse';
  await context.write('back', async (writer) => {
    if (!(await writer.moveReservation(reservation.id, ['reboot'], to, { unconnectedSince: writer.now })))
      return;
    await writer.queue({ action: to, targetType: 'reservation', targetId: reservation.id });
    await writer.event('rebooted');
  });
}
