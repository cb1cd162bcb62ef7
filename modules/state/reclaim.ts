import type { Situation } from '../../src/domain/contracts/situation.ts';
import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { TaskAction } from '../../src/domain/contracts/task.ts';
import { ModuleError } from '../../src/domain/errors.ts';
import { closeAccess } from './shared/access.ts';

/**
 * Takes a machine back after its end: access is closed first, then the reservation is complete, then the node is cleaned.
 * A node that nobody could have touched is reused as it is (vcl.md 2.8).
 */
function reclaim(action: TaskAction): StateModule {
  return {
    action,
    title: 'Taking the machine back',
    holds: ['reservation', 'node'],
    timeoutSeconds: 180,

    async run(context) {
      const situation = await context.look();
      const { reservation, allocation, node } = situation;
      if (!reservation || !['deleted', 'timeout'].includes(reservation.state))
        return done('taken back already');
      if (!allocation || !node || allocation.state === 'held') return neverLoaded(context, situation);
      if (node.tainted) await closeAccess(context, situation, 'The reservation has ended.');
      const untouched = await canBeReused(context, situation);
      await complete(context, situation, untouched);
      return done();
    },
  };
}

export const deleted = reclaim('deleted');
export const timeout = reclaim('timeout');

async function neverLoaded(context: StateContext, { reservation, allocation }: Situation) {
  if (!reservation) return done();
  await context.write('complete', async (writer) => {
    if (allocation) await writer.releaseAllocation(allocation.id);
    await writer.moveReservation(reservation.id, ['deleted', 'timeout'], 'complete');
    await writer.eraseSecrets(reservation.id);
    await writer.event('complete');
  });
  return done();
}

async function canBeReused(context: StateContext, situation: Situation): Promise<boolean> {
  const { allocation, node, account } = situation;
  if (allocation?.state !== 'ready' || !node || node.tainted || node.unclean || node.reloadAsked)
    return false;
  try {
    if (account) await context.machine(situation).os?.sanitize(account.username);
    return true;
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    context.log.warn(
      { because: error.message },
      'an untouched machine could not be sanitised, it is reloaded',
    );
    return false;
  }
}

async function complete(context: StateContext, situation: Situation, untouched: boolean): Promise<void> {
  const { reservation, allocation, node } = situation;
  if (!reservation || !allocation || !node) return;
  await context.write('complete', async (writer) => {
    if (!(await writer.moveReservation(reservation.id, ['deleted', 'timeout'], 'complete'))) return;
    await writer.eraseSecrets(reservation.id);
    if (untouched) {
      await writer.releaseAllocation(allocation.id);
      await writer.patchNode(node.id, { state: 'available' });
    } else {
      await writer.moveAllocation(allocation.id, ['loading', 'ready', 'inuse'], 'ending');
      await writer.patchNode(node.id, { state: 'reloading' });
      await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id });
    }
    await writer.event('complete');
  });
}
