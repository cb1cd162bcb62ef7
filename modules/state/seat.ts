import type { Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { ModuleError } from '../../src/domain/errors.ts';
import { breakNode } from './shared/break-node.ts';
import { loadNode } from './shared/load-node.ts';
import { type Obstacle, obstacleOf } from './shared/obstacle.ts';

/**
 * Loads and checks the machine of a seat before anybody has claimed it. From the claim on it is in the hands of its person's own
 * task (`new`), which finds what is there.
 */
export const seat: StateModule = {
  action: 'seat',
  title: 'Getting a seat of a class ready',
  holds: ['node'],
  timeoutSeconds: 'load',

  async run(context) {
    const situation = await context.look();
    const { allocation, node, wanted, now } = situation;
    if (!isWanted(situation) || !allocation || !node) return done('not wanted any more');
    if (situation.missing) return later(now + seldom, situation.missing);
    if (!wanted)
      return later(now + seldom, 'The environment of this class has no revision that can be loaded.');
    const obstacle = obstacleOf(situation);
    if (obstacle) return waitOrMove(context, situation, obstacle);
    if (allocation.state === 'held' && !(await begin(context, situation))) return done('not wanted any more');
    const came = await loadNode(context, situation, wanted);
    if (typeof came === 'object') return came;
    await ready(context, situation);
    return done();
  },

  async failed(context, error) {
    const situation = await context.look();
    if (!isWanted(situation)) return done('not wanted any more');
    if (error.kind === 'retry') return later(situation.now + often, error.message);
    if (context.task.attempt < 2 && error.kind !== 'node_broken') return again(situation.now, error.message);
    return replace(context, situation, error);
  },
};

const often = 5_000;
const seldom = 60_000;

/** Until somebody claims it, or the class is over before its load has begun. */
function isWanted({ allocation, node, now }: Situation): boolean {
  if (!allocation || !node || allocation.releasedAt !== null || allocation.reservationId !== null)
    return false;
  // a load that was begun is ended: what came of it goes back
  return allocation.state === 'loading' || (allocation.state === 'held' && now < allocation.end);
}

function begin(context: StateContext, { allocation, node }: Situation): Promise<boolean> {
  return context.write('begins', async (writer) => {
    if (!allocation || !node || !(await writer.moveSeat(allocation.id, ['held'], 'loading'))) return false;
    await writer.patchNode(node.id, { state: 'reserved' });
    return true;
  });
}

/** How long it took from when it was due is what the next class begins earlier by. */
async function ready(context: StateContext, { allocation, node, wanted }: Situation): Promise<void> {
  if (!allocation || !node || !wanted) return;
  await context.write('ready', async (writer) => {
    if (!(await writer.moveSeat(allocation.id, ['loading'], 'ready'))) return;
    await writer.patchNode(node.id, { state: 'reserved', power: 'on' });
    const due = Math.max(context.task.createdAt, allocation.holdFrom);
    await writer.measured(wanted.imageId, node.id, 'seat', writer.now - due);
    await writer.event('seat-ready');
  });
}

/**
 * The one before has a moment to leave; else another machine is taken. Where none is free it waits for who was before it; on a
 * machine that is out of order it is lost, until one is free (`classes`).
 */
async function waitOrMove(context: StateContext, { allocation, now }: Situation, { says, grace }: Obstacle) {
  if (!allocation) return done();
  if (grace && now < allocation.holdFrom + context.settings.graceSeconds * 1000)
    return later(now + 2_000, says);
  const isOver = now >= allocation.end;
  const came = await context.write('moves', async (writer) => {
    // claimed meanwhile: it is in other hands
    if (!(await writer.moveSeat(allocation.id, [allocation.state], allocation.state))) return 'claimed';
    const next = isOver ? null : await writer.rebind(allocation.id, { broken: false });
    if (next) await writer.queue({ action: 'seat', targetType: 'allocation', targetId: next.id });
    if (next || grace) return next ? 'moved to another machine' : null;
    await writer.moveSeat(allocation.id, [allocation.state], 'failed');
    await writer.releaseAllocation(allocation.id);
    await writer.event('seat-lost', { because: says });
    return says;
  });
  return came === null ? later(now + often, says) : done(came);
}

/**
 * Another machine, spare ones first, for one that failed. The second that fails is evidence against the revision, as it is for a
 * person's own load. Where no machine is free the seat is lost, until one is (`classes`).
 */
async function replace(context: StateContext, situation: Situation, error: ModuleError) {
  const { allocation, wanted } = situation;
  if (!allocation) return done();
  const because = error.message;
  const isOver = situation.now >= allocation.end;
  const moved = await context.write('moves', async (writer) => {
    if (!(await writer.moveSeat(allocation.id, ['held', 'loading'], 'loading'))) return true;
    if (wanted && allocation.failedBefore >= 1) await writer.suspectRevision(wanted.id, because);
    const next = isOver ? null : await writer.rebind(allocation.id, { broken: true });
    if (next) await writer.queue({ action: 'seat', targetType: 'allocation', targetId: next.id });
    else await writer.moveSeat(allocation.id, ['loading'], 'failed');
    await breakNode(writer, situation, because);
    await writer.event(next ? 'seat-moved' : 'seat-lost', { because });
    return next !== null;
  });
  return done(moved ? 'moved to another machine' : because);
}
