import type { Machine, Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { ModuleError } from '../../src/domain/errors.ts';
import { sleep } from '../../src/lib/sleep.ts';
import { reopen } from './shared/access.ts';

/** How long a system is given to switch itself off, and how often its power is read. Milliseconds. */
const patience = 30_000;
const lookEvery = 200;

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

/**
 * Asks the system to switch itself off, so that nothing written is lost, and starts it again from its own disk. One that does
 * not obey is reset. Before a power step is repeated, the power is read.
 */
async function restart(context: StateContext, situation: Situation) {
  const machine = context.machine(situation);
  const running = (await machine.power_status()) === 'on';
  const obeyed = running ? await switchesItselfOff(context, machine) : true;
  const started = obeyed ? await machine.power_on() : await machine.power_reset();
  if (!started.management && !machine.simulated)
    throw new ModuleError('retry', 'The machine did not come back yet.');
  return started.management;
}

async function switchesItselfOff(context: StateContext, machine: Machine): Promise<boolean> {
  try {
    await machine.os?.shutdown();
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    return false;
  }
  for (let waited = 0; waited < patience; waited += lookEvery) {
    if ((await machine.power_status()) !== 'on') return true;
    await sleep(lookEvery, context.signal);
  }
  return false;
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
