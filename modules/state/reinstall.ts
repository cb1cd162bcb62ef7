import type { Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { closeAccess } from './shared/access.ts';
import { loadNode } from './shared/load-node.ts';

/** Gives its person the same machine as new: its disk is thrown away, which they were asked about. */
export const reinstall: StateModule = {
  action: 'reinstall',
  title: 'Reinstalling the machine',
  holds: ['reservation', 'node'],
  timeoutSeconds: 'load',

  async run(context) {
    const situation = await context.look();
    const { reservation, node, wanted } = situation;
    if (reservation?.state !== 'reinstall' || !node || !wanted) return done('not wanted any more');
    if (node.tainted) await closeAccess(context, situation, 'The machine is installed anew.');
    const came = await loadNode(context, situation, wanted, { keepsPerson: true });
    if (typeof came === 'object') return came;
    const loaded = await context.look();
    if (loaded.account) await context.machine(loaded).os?.add_user(loaded.account);
    await handBack(context, loaded);
    return done();
  },

  async failed(context, error) {
    const { reservation, now } = await context.look();
    if (reservation?.state !== 'reinstall') return done('not wanted any more');
    if (context.task.attempt < 2) return again(now, error.message);
    await context.write('gives up', async (writer) => {
      if (
        !(await writer.moveReservation(reservation.id, ['reinstall'], 'timeout', { reason: error.message }))
      )
        return;
      await writer.queue({ action: 'timeout', targetType: 'reservation', targetId: reservation.id });
      await writer.event('failed', { because: error.message });
      await writer.notify(reservation.id, 'failed', { because: error.message });
    });
    return done(error.message);
  },
};

async function handBack(context: StateContext, { reservation, allocation, node }: Situation): Promise<void> {
  if (!reservation || !allocation || !node) return;
  await context.write('ready', async (writer) => {
    const patch = { readyAt: writer.now, accessOpenedAt: null, unconnectedSince: writer.now };
    if (!(await writer.moveReservation(reservation.id, ['reinstall'], 'reserved', patch))) return;
    await writer.moveAllocation(allocation.id, ['inuse'], 'ready');
    await writer.patchNode(node.id, {
      state: 'reserved',
      power: 'on',
      tainted: reservation.acknowledgedAt !== null,
    });
    await writer.queue({ action: 'reserved', targetType: 'reservation', targetId: reservation.id });
    await writer.event('ready');
    await writer.notify(reservation.id, `reinstalled-${context.task.id}`);
  });
}
