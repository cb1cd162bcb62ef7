import type { ReservationFacts, Situation } from '../../src/domain/contracts/situation.ts';
import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../src/domain/contracts/state-writer.ts';
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
      const { reservation } = situation;
      if (!reservation || !['deleted', 'timeout'].includes(reservation.state))
        return done('taken back already');
      const machines = [situation, ...(await context.others(situation))];
      const backs: Back[] = [];
      for (const machine of machines) {
        if (machine.node?.tainted) await closeAccess(context, machine, 'The reservation has ended.');
        backs.push({ machine, untouched: await canBeReused(context, machine) });
      }
      await complete(context, reservation, backs);
      return done();
    },
  };
}

export const deleted = reclaim('deleted');
export const timeout = reclaim('timeout');

/** A machine that is taken back, and whether it can be somebody else's as it is. */
interface Back {
  readonly machine: Situation;
  readonly untouched: boolean;
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

async function complete(
  context: StateContext,
  reservation: ReservationFacts,
  backs: readonly Back[],
): Promise<void> {
  await context.write('complete', async (writer) => {
    if (!(await writer.moveReservation(reservation.id, ['deleted', 'timeout'], 'complete'))) return;
    await writer.eraseSecrets(reservation.id);
    for (const back of backs) await takeBack(writer, back);
    await writer.event('complete');
  });
}

async function takeBack(writer: StateWriter, { machine, untouched }: Back): Promise<void> {
  const { allocation, node } = machine;
  if (!allocation) return;
  if (!node || allocation.state === 'held') return writer.releaseAllocation(allocation.id);
  if (untouched) {
    await writer.releaseAllocation(allocation.id);
    await writer.patchNode(node.id, { state: 'available' });
    return;
  }
  await writer.moveAllocation(allocation.id, ['loading', 'ready', 'inuse'], 'ending');
  await writer.patchNode(node.id, { state: 'reloading' });
  await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id });
}
