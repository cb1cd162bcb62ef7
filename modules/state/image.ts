import type { RevisionFacts } from '../../src/domain/contracts/facts.ts';
import type { Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { ModuleError } from '../../src/domain/errors.ts';
import { closeAccess, reopen } from './shared/access.ts';

const attempts = 3;

/**
 * Saves the machine of a reservation as a revision (vcl.md 2.9). `image` ends the reservation with it, `checkpoint` gives the
 * machine back as it was. One that does not succeed keeps the machine and its disk until its person tries again or gives up.
 */
function capture(action: 'image' | 'checkpoint'): StateModule {
  return {
    action,
    title: action === 'image' ? 'Capturing the machine' : 'Capturing the machine, to go on',
    holds: ['reservation', 'node'],
    timeoutSeconds: 6 * 3600,

    async run(context) {
      let situation = await context.look();
      const { reservation, target } = situation;
      if (reservation?.state !== action) return done('not wanted any more');
      if (!target) return goBack(context, situation);
      const secondTry = context.task.attempt > 1 && target.file === '';
      if (secondTry) situation = await startAnew(context, situation);
      if (situation.node?.tainted)
        await closeAccess(context, situation, 'The machine is being captured as an image.');
      if (target.file === '') {
        const captured = await context.machine(situation).capture(target);
        await context.write('captured', async (writer) => {
          await writer.revisionReady(target.id, captured);
          await writer.event('captured', { image: target.imageName, number: target.number });
        });
      }
      await (action === 'image' ? finish(context, situation) : goOn(context, situation));
      return done();
    },

    async failed(context, error) {
      const situation = await context.look();
      if (situation.reservation?.state !== action) return done('not wanted any more');
      if (context.task.attempt < attempts && error.kind === 'failed')
        return again(situation.now + 2_000, error.message);
      await keep(context, situation, error);
      throw error;
    },
  };
}

export const image = capture('image');
export const checkpoint = capture('checkpoint');

/** What hung or crashed while it was cleaned is started again from its own disk, which the cleaning has not touched. */
async function startAnew(context: StateContext, situation: Situation): Promise<Situation> {
  const { node } = situation;
  if (!node) return situation;
  const started = await context.machine(situation).power_reset();
  await context.write('started anew', (writer) =>
    writer.patchNode(node.id, { management: started.management, power: 'on' }),
  );
  return context.look();
}

async function finish(context: StateContext, { reservation, allocation, node, target }: Situation) {
  if (!reservation || !allocation || !node || !target) return;
  const name = nameOf(target);
  await context.write('complete', async (writer) => {
    if (
      !(await writer.moveReservation(reservation.id, ['image'], 'complete', {
        reason: `Captured as ${name}.`,
      }))
    )
      return;
    await writer.eraseSecrets(reservation.id);
    await writer.moveAllocation(allocation.id, ['ready', 'inuse'], 'ending');
    await writer.patchNode(node.id, { state: 'reloading', tainted: true });
    await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id });
    await writer.event('complete');
    await writer.notify(reservation.id, 'captured', { name }, target.imageId);
  });
}

/** Its person gave up capturing: the machine goes on from its own disk. */
async function goBack(context: StateContext, situation: Situation) {
  await giveBack(context, await startAnew(context, situation));
  return done('given back');
}

async function goOn(context: StateContext, situation: Situation): Promise<void> {
  const { reservation, node, target } = situation;
  if (!reservation || !node || !target) return;
  const started = await context.machine(situation).power_on();
  await context.write('goes on', (writer) =>
    writer.patchNode(node.id, { management: started.management, power: 'on' }),
  );
  await giveBack(context, await context.look(), `captured-${target.id}`);
}

/** Its person goes on where they were: the account and its files are on the disk. */
async function giveBack(context: StateContext, situation: Situation, told?: string): Promise<void> {
  const { reservation, account, target } = situation;
  if (!reservation) return;
  await reopen(context, situation);
  if (account && reservation.accessOpenedAt !== null)
    await context.machine(situation).os?.open_access(account);
  const to = reservation.connectedAt === null ? 'reserved' : 'inuse';
  await context.write('back', async (writer) => {
    const patch = { unconnectedSince: writer.now, captureFailure: null };
    if (!(await writer.moveReservation(reservation.id, ['image', 'checkpoint'], to, patch))) return;
    await writer.queue({ action: to, targetType: 'reservation', targetId: reservation.id });
    if (told && target) await writer.notify(reservation.id, told, { name: nameOf(target) }, target.imageId);
  });
}

/** Nothing is wiped: the old revision stays what it was, and its person decides. */
async function keep(context: StateContext, { reservation }: Situation, error: ModuleError) {
  if (!reservation) return;
  await context.write('kept for its person', async (writer) => {
    await writer.patchReservation(reservation.id, { captureFailure: error.message });
    await writer.event('capture-failed', { because: error.message });
    await writer.notify(reservation.id, `capture-failed-${context.task.id}`, { because: error.message });
  });
}

const nameOf = ({ imageName, number }: RevisionFacts) => `${imageName}, revision ${number}`;
