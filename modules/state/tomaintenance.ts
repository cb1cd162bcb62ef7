import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { isLive } from '../../src/domain/states.ts';
import { minute, second } from '../../src/domain/time.ts';

/**
 * Takes a node out of service for what its row says (`out_for`), after whoever has it: into maintenance, switched off or as it
 * is, or away. From the moment that is wanted nothing begins on it, and healing moves its bookings.
 */
export const tomaintenance: StateModule = {
  action: 'tomaintenance',
  title: 'Taking the node out of service',
  holds: ['node'],
  timeoutSeconds: 180,

  async run(context) {
    const situation = await context.look();
    const { node, reservation, allocation, now } = situation;
    if (!node?.outFor) return done('not wanted any more');
    if (reservation && isLive(reservation.state))
      return later(
        Math.min(reservation.end, now + minute),
        `after the reservation of ${reservation.userName}`,
      );
    if (allocation && node.state !== 'failed' && !isOut(situation))
      return later(now + second, 'it is being cleaned');
    if (node.outFor === 'delete') return remove(context, situation);
    const isOff = node.outFor === 'off';
    if (node.state === 'maintenance' && (!isOff || node.power === 'off')) return done();
    if (isOff) await context.machine(situation).power_off();
    await context.write('out', async (writer) => {
      await writer.patchNode(node.id, { state: 'maintenance', ...(isOff ? { power: 'off' } : {}) });
      await writer.event('out-of-service');
    });
    return done();
  },
};

function isOut({ node }: Situation): boolean {
  return node?.state === 'maintenance' || node?.state === 'deprovisioning';
}

/** What it still holds of somebody who is gone ends with its disk. */
async function remove(context: StateContext, situation: Situation) {
  const { node, allocation } = situation;
  if (!node) return done();
  if (node.state !== 'deprovisioning')
    await context.write('leaves', (writer) => writer.patchNode(node.id, { state: 'deprovisioning' }));
  await context.machine(situation).unload();
  const removed = await context.write('removed', async (writer) => {
    if (allocation) await writer.releaseAllocation(allocation.id);
    if (!(await writer.removeNode(node.id))) return false;
    await writer.event('node-removed', { node: node.name });
    return true;
  });
  return removed ? done() : later(situation.now + 15 * second, 'its bookings are being moved');
}
