import type { Situation } from '../../src/domain/contracts/situation.ts';
import { again, done, later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';
import { ModuleError } from '../../src/domain/errors.ts';
import { isCapturing } from '../../src/domain/states.ts';
import { reopen } from './shared/access.ts';
import { breakNode } from './shared/break-node.ts';
import { tell } from './shared/notices.ts';
import { rebind } from './shared/rebind.ts';

const lookEvery = 5_000;
/** What went down by itself is started so often, seconds apart; then once in a minute. */
const starts = 3;
const startAgain = 10_000;
const startSeldom = 60_000;

/**
 * Brings a machine's power to what was asked for (`args.to`: on, off or reset, or identify, which lights its lamp; `args.crashed`: it went down by itself;
 * `args.paused`: it stands still, because there is no room for what it writes). On is from its own disk: nobody loses anything.
 */
export const power: StateModule = {
  action: 'power',
  title: 'Switching the machine',
  holds: ['node'],
  timeoutSeconds: 300,

  async run(context) {
    const situation = await context.look();
    const { node, reservation } = situation;
    if (!node) return done('the node is gone');
    if (reservation && isCapturing(reservation.state)) return done('its disk is being captured');
    if (context.task.args.crashed === true && node.state === 'failed') return done('nobody has it any more');
    const machine = context.machine(situation);
    if (context.task.args.to === 'off') {
      await machine.power_off();
      await context.write('off', (writer) => writer.patchNode(node.id, { power: 'off' }));
      return done();
    }
    if (context.task.args.to === 'identify') {
      await machine.identify();
      return done();
    }
    return context.task.args.paused === true ? goOn(context, situation) : switchOn(context, situation);
  },

  /** What went down and does not start: who was never on it has another machine, and who was is told. */
  async failed(context, error) {
    const situation = await context.look();
    const { now, reservation } = situation;
    const { crashed, to } = context.task.args;
    if (crashed !== true) {
      if (to === 'on' && reservation)
        await context.write('down', (writer) => writer.event('down', {}, reservation.id));
      throw error;
    }
    if (context.task.attempt < starts) return again(now + startAgain, error.message);
    if (!reservation) throw error;
    if (await giveAnother(context, situation, error.message)) return done('moved to another machine');
    await announce(context, situation, 'down');
    return later(now + startSeldom, error.message);
  },
};

/** False where it may have somebody's work on it, or no other is free. What was on it is lost: it is cleaned. */
async function giveAnother(context: StateContext, situation: Situation, failure: string): Promise<boolean> {
  const { reservation } = situation;
  if (
    reservation?.state !== 'reserved' ||
    reservation.imaging ||
    reservation.isServer ||
    reservation.others > 0
  )
    return false;
  return context.write('moves', async (writer) => {
    const because = 'It went down and does not start again.';
    if (!(await rebind(writer, situation, because, { broken: true }))) return false;
    const anew = { acknowledgedAt: null, accessOpenedAt: null, unconnectedSince: null };
    if (!(await writer.moveReservation(reservation.id, ['reserved'], 'new', anew)))
      throw new ModuleError('conflict', 'Somebody connected to it in this moment.');
    await breakNode(writer, situation, `${because} ${failure}`);
    return true;
  });
}

async function switchOn(context: StateContext, situation: Situation) {
  const { node, reservation } = situation;
  if (!node) return done();
  const { crashed, to } = context.task.args;
  const machine = context.machine(situation);
  const started = await (to === 'reset' ? machine.power_reset() : machine.power_on());
  await context.write('on', async (writer) => {
    await writer.patchNode(node.id, {
      power: 'on',
      ...(started.management ? { management: started.management } : {}),
    });
    // whoever started it may have been killed before it was noted
    const isNews = started.changed || ['off', 'crashed'].includes(node.power);
    if (isNews && to !== 'reset') await writer.event('powered-on', { crashed }, reservation?.id);
  });
  await reopen(context, await context.look());
  if (crashed === true) await announce(context, situation, 'restarted');
  return done();
}

/** Its next look is the next attempt: nothing is lost meanwhile, and nothing but room helps. */
async function goOn(context: StateContext, situation: Situation) {
  const { node, now } = situation;
  if (!node) return done();
  await announce(context, situation, 'paused');
  try {
    await context.machine(situation).power_on();
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError) || error.kind !== 'retry') throw error;
    return later(now + lookEvery, error.message);
  }
  await context.write('goes on', (writer) => writer.patchNode(node.id, { power: 'on' }));
  await announce(context, situation, 'resumed');
  return done();
}

/** Tells its person once for this task, and notes it in the history. */
async function announce(
  context: StateContext,
  situation: Situation,
  kind: keyof typeof sentences,
): Promise<void> {
  const event = kind === 'restarted' ? null : kind;
  await tell(context, situation, `${kind}-${context.task.id}`, sentences[kind], event);
}

const sentences = {
  restarted: 'Your machine went down and was started again from its own disk.',
  down: 'Your machine went down and does not start again; it is tried once in a minute. What you can do: have another one, on its page.',
  paused:
    'Your machine stands still: the disk of the computer it runs on is full. It goes on by itself when there is room; nothing is lost.',
  resumed: 'There is room again: your machine goes on where it was.',
} as const;
