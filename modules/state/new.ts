import type { NodeFacts } from '../../src/domain/contracts/facts.ts';
import type { AllocationFacts, ReservationFacts, Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import type { StateWriter } from '../../src/domain/contracts/state-writer.ts';
import { ModuleError } from '../../src/domain/errors.ts';
import { isComing } from '../../src/domain/states.ts';
import { minute } from '../../src/domain/time.ts';
import { breakNode } from './shared/break-node.ts';
import { loadNode } from './shared/load-node.ts';
import { type Obstacle, obstacleOf } from './shared/obstacle.ts';
import { rebind } from './shared/rebind.ts';

/** Gets the allocation's machine ready for its person. */
export const newState: StateModule = {
  action: 'new',
  title: 'Getting the machine ready',
  holds: ['node'],
  timeoutSeconds: 'load',

  async run(context) {
    const situation = await context.look();
    const { reservation, allocation, node, wanted } = situation;
    if (
      !reservation ||
      !isComing(reservation.state) ||
      !allocation ||
      !node ||
      allocation.releasedAt !== null
    )
      return done('not wanted any more');
    if (!['held', 'loading'].includes(allocation.state)) return done('ready already');
    if (situation.missing && situation.now < reservation.end) return waitForFile(context, situation);
    if (!wanted)
      throw new ModuleError('unsatisfiable', 'This environment has no revision that can be loaded.');
    const obstacle = obstacleOf(situation);
    if (obstacle) return waitOrMove(context, situation, obstacle);
    if (allocation.state === 'held' && !(await begin(context, situation))) return done('not wanted any more');
    const came = await loadNode(context, situation, wanted);
    if (typeof came === 'object') return came;
    const loaded = came === 'loaded' ? await context.look() : situation;
    if (loaded.account) await context.machine(loaded).os?.add_user(loaded.account);
    await handOver(context, loaded);
    return done();
  },

  /** The booking before this one may be what has the node, or its repair; a load ahead of demand is cut unless it is the one that is wanted. */
  async busy(context) {
    const situation = await context.look();
    const { reservation, allocation, now } = situation;
    if (!reservation || !isComing(reservation.state) || !allocation || allocation.releasedAt !== null)
      return done('not wanted any more');
    const obstacle = obstacleOf(situation);
    if (obstacle) return waitOrMove(context, situation, obstacle);
    const imageId = situation.wanted?.imageId ?? reservation.imageId;
    await context.write('gives way', (writer) => writer.stopAhead(allocation.nodeId, imageId));
    return later(now + 500, 'The machine is being prepared.');
  },

  async failed(context, error) {
    const situation = await context.look();
    const { reservation, allocation, node } = situation;
    if (!reservation || !isComing(reservation.state) || !allocation || !node)
      return done('not wanted any more');
    if (error.kind === 'unsatisfiable' || error.kind === 'unsupported')
      return giveUp(context, situation, error.message);
    if (context.task.attempt < 2 && error.kind !== 'node_broken') return again(situation.now, error.message);
    return replace(context, situation, error);
  },
};

/** False when the booking was moved to another machine meanwhile. */
function begin(context: StateContext, { reservation, allocation, node }: Situation): Promise<boolean> {
  return context.write('begins', async (writer) => {
    if (!reservation || !allocation || !node) return false;
    if (!(await writer.moveAllocation(allocation.id, ['held'], 'loading'))) return false;
    await writer.patchNode(node.id, { state: 'reserved' });
    await writer.event('assigned', { node: node.name });
    return true;
  });
}

/** Ready by then is ready at the start (design, section 3). */
const onTime = minute;

/** A seat ends with its class, whenever it was claimed, a server when it was said, and what has been theirs before when it did then. */
function wantedEndOf(reservation: ReservationFacts, now: number): number {
  const { isSeat, isServer, readyAt, start, end, startsNow, minutes } = reservation;
  if (isSeat || isServer || readyAt !== null) return end;
  const ready = Math.max(now, start);
  const late = startsNow || ready - start > onTime;
  return (late ? ready : start) + minutes * minute;
}

/**
 * The promise of minutes counts from here, for a booking from its start unless that was missed: a late *ready* extends the
 * hold, and where it cannot, the end is cut.
 */
async function handOver(
  context: StateContext,
  { reservation, allocation, node, pool }: Situation,
): Promise<void> {
  if (!reservation || !allocation || !node || !pool) return;
  await context.write('ready', async (writer) => {
    if (await writer.offerReady(reservation.id)) return machineReady(writer, allocation.id, node.id);
    if (reservation.others > 0 && !(await writer.othersReady(allocation.id)))
      return oneReady(writer, allocation, node);
    // it may have been given more time while it was being made ready
    const wantedEnd = wantedEndOf({ ...reservation, ...(await writer.timesOf(reservation.id)) }, writer.now);
    const end = await writer.endBy(allocation.id, wantedEnd);
    if (!(await writer.moveReservation(reservation.id, ['new'], 'reserved', { readyAt: writer.now, end })))
      return;
    await machineReady(writer, allocation.id, node.id);
    const since = Math.max(reservation.createdAt, allocation.holdFrom);
    const wasLoaded = reservation.others === 0 && (node.loadBeganAt ?? 0) < reservation.createdAt;
    const step = wasLoaded ? 'handover' : 'ready';
    const milliseconds = writer.now - since;
    const first = reservation.readyAt === null;
    if (reservation.startsNow && first)
      await writer.measured(reservation.imageId, node.id, step, milliseconds);
    await writer.queue({ action: 'reserved', targetType: 'reservation', targetId: reservation.id });
    await writer.event('ready', first ? { milliseconds } : {});
    await writer.notify(reservation.id, 'ready', { end });
    if (end < wantedEnd) await writer.notify(reservation.id, 'cut', { end });
  });
}

/** One of several that are had together: the last of them that is ready hands all of them over. */
async function oneReady(writer: StateWriter, { id, name }: AllocationFacts, node: NodeFacts): Promise<void> {
  if (!(await writer.moveAllocation(id, ['loading'], 'ready'))) return;
  await writer.patchNode(node.id, { state: 'reserved', power: 'on' });
  await writer.event('machine-ready', { name });
}

/** One that is offered waits so for its person's answer. */
async function machineReady(writer: StateWriter, allocationId: number, nodeId: number): Promise<void> {
  await writer.moveAllocation(allocationId, ['loading'], 'ready');
  await writer.patchNode(nodeId, { state: 'reserved', power: 'on' });
}

/** Somebody puts the image's file back: nobody is to blame, and no other machine could load it either. */
async function waitForFile(context: StateContext, situation: Situation) {
  const because = situation.missing ?? '';
  await context.write('waits', (writer) => announceWait(writer, situation, because));
  return later(situation.now + lookAgain, because);
}

const lookAgain = 5_000;
/** In the last minute of the grace. */
const lookSoon = 2_000;

/** Waits up to the grace, then takes another machine; where none is free, it goes on waiting for either. */
async function waitOrMove(context: StateContext, situation: Situation, { says, grace }: Obstacle) {
  const { reservation, now } = situation;
  const until = (reservation?.start ?? now) + context.settings.graceSeconds * 1000;
  if (grace && now < until)
    return later(Math.min(until, now + (until - now > minute ? lookAgain : lookSoon)), says);
  const found = await context.write('moves', (writer) => moveOrWait(writer, situation, says));
  if (found !== 'waits') return done(found === 'moved' ? 'moved to another machine' : says);
  return later(Math.min(now + lookAgain, Math.max(now, reservation?.end ?? now)), says);
}

/**
 * Another machine for one that cannot be had in time; nothing was tried on it, so nobody is to blame. It fails only when its
 * own end has come, or when no machine is left that could ever serve it.
 */
async function moveOrWait(writer: StateWriter, situation: Situation, because: string) {
  const { reservation, allocation } = situation;
  if (!reservation || !allocation) return 'gone';
  const over = writer.now >= reservation.end;
  if (!over && (await rebind(writer, situation, because, { broken: false }))) return 'moved';
  if (over || !(await writer.canServe(allocation.id))) {
    const nothing = over
      ? 'No other was free until the end of its time.'
      : 'There is no other that could take it.';
    await giveUpIn(writer, situation, `${because} ${nothing}`);
    return 'failed';
  }
  if (writer.now >= reservation.start) await announceWait(writer, situation, because);
  return 'waits';
}

/** Says once per machine that the booking waits for it. */
async function announceWait(
  writer: StateWriter,
  { reservation, allocation }: Situation,
  because: string,
): Promise<void> {
  if (!reservation || !allocation) return;
  if (await writer.notify(reservation.id, `waits-${allocation.id}`, { because }))
    await writer.event('waits', { because });
}

/**
 * Another machine for one that failed to load, without asking: nobody has worked on it yet. The second machine that fails is
 * evidence against the revision, which is then loaded nowhere until somebody allows it again. Not so where the site had no
 * room or no time (`retry`): nobody is to blame, and the booking waits.
 */
async function replace(context: StateContext, situation: Situation, error: ModuleError) {
  const { reservation, allocation, wanted } = situation;
  const because = error.message;
  const waits = error.kind === 'retry' && situation.now < (reservation?.end ?? 0);
  const found = await context.write('moves', async (writer) => {
    const suspect = allocation !== null && allocation.failedBefore >= 1;
    if (suspect && wanted && error.kind !== 'retry') await writer.suspectRevision(wanted.id, because);
    const next = !suspect && (await rebind(writer, situation, because, { broken: true }));
    if (next) await breakNode(writer, situation, because);
    else if (waits) await announceWait(writer, situation, because);
    else await giveUpIn(writer, situation, suspect ? because : `${because} No other machine is free.`);
    return next;
  });
  if (found) return done('moved to another machine');
  return waits ? later(situation.now + lookAgain, because) : done(because);
}

async function giveUp(context: StateContext, situation: Situation, because: string) {
  await context.write('gives up', (writer) => giveUpIn(writer, situation, because));
  return done(because);
}

async function giveUpIn(writer: StateWriter, situation: Situation, because: string): Promise<void> {
  const { reservation, allocation } = situation;
  if (!reservation || !allocation) return;
  // somebody has moved it to another machine meanwhile: it goes on there
  if (!(await writer.moveAllocation(allocation.id, [allocation.state], allocation.state))) return;
  if (!(await writer.moveReservation(reservation.id, ['new', 'offered'], 'failed', { reason: because })))
    return;
  await writer.eraseSecrets(reservation.id);
  if (reservation.others > 0) await writer.giveUpOthers(allocation.id);
  if (allocation.state === 'held') await writer.releaseAllocation(allocation.id);
  else {
    await writer.moveAllocation(allocation.id, ['loading'], 'failed');
    await breakNode(writer, situation, because);
  }
  await writer.event('failed', { because });
  await writer.notify(reservation.id, 'failed', { because });
}
