import {
  done,
  later,
  type Rollout,
  type StateContext,
  type StateModule,
} from '../../src/domain/contracts/state.ts';
import { ModuleError } from '../../src/domain/errors.ts';

const lookEvery = 500;
/** So many idle nodes are reloaded at once: a revision that does not load takes no more with it. */
const batch = 2;
/** A revision that does not load on so many nodes is to blame, not they (design, section 3). */
const mostFailures = 2;

/**
 * Makes a revision the production one (vcl.md 2.9), after one proven load; then the idle nodes that hold another revision of the
 * image are reloaded in batches, up to the first failure.
 */
export const makeproduction: StateModule = {
  action: 'makeproduction',
  title: 'Making a revision the production one',
  holds: [],
  timeoutSeconds: 60,

  async run(context) {
    const rollout = await context.rollout();
    if (!rollout) return done('the revision is gone');
    if (rollout.newer !== null) return giveWay(context, rollout, rollout.newer);
    if (rollout.suspended) throw new ModuleError('failed', `It does not load: ${rollout.suspended}`);
    if (rollout.proven === null) return prove(context, rollout);
    if (!rollout.production) await switchTo(context, rollout.revisionId);
    return reloadIdle(context, rollout);
  },

  async failed(context, error) {
    const rollout = await context.rollout();
    if (!rollout) throw error;
    const { current, previous: before } = rollout;
    await tell(context, 'rollout', rollout, { because: error.message, current, before });
    throw error;
  },
};

/** Who makes another revision the production one meanwhile wants that one: the two would take turns for ever. */
async function giveWay(context: StateContext, rollout: Rollout, newer: number) {
  await tell(context, 'superseded', rollout, { newer });
  return done(`revision ${newer} was asked for instead`);
}

/** What a switch came to; what the one before came to is true no more then. */
const outcomes = ['production', 'rollout'];

/** The image's owner, whoever asked for it, and whoever still reads what is true no more. */
async function tell(context: StateContext, kind: string, rollout: Rollout, facts: object): Promise<void> {
  const { image, number } = rollout;
  const replaces = outcomes.includes(kind) ? outcomes : [];
  const all = { title: image.title, number, ...facts };
  await context.write('told', (writer) =>
    writer.notifyOfImage(image.id, `${kind}-${context.task.id}`, all, replaces),
  );
}

/** One idle node loads it first; one that fails is cleaned like any other, and another is tried. */
async function prove(context: StateContext, rollout: Rollout) {
  if (rollout.failures.length >= mostFailures) {
    const because = rollout.failures.at(-1) ?? 'it did not load';
    await context.write('suspends', (writer) => writer.suspectRevision(rollout.revisionId, because));
    throw new ModuleError('failed', `It does not load: ${because}`);
  }
  const [nodeId] = rollout.open > 0 ? [] : rollout.idle;
  if (nodeId !== undefined) await reload(context, [nodeId], rollout.revisionId);
  return later(
    rollout.now + lookEvery,
    rollout.open > 0 ? 'its first load is on its way' : 'waiting for a free machine',
  );
}

async function reloadIdle(context: StateContext, rollout: Rollout) {
  const [failure] = rollout.failures;
  if (failure !== undefined)
    throw new ModuleError(
      'failed',
      `It is in production, but a machine could not be reloaded, and the others were left: ${failure}`,
    );
  if (rollout.open > 0) return later(rollout.now + lookEvery, 'machines are being reloaded');
  if (rollout.outdated.length === 0) {
    const { production, previous, current, reloaded } = rollout;
    await tell(context, 'production', rollout, { before: production ? previous : current, reloaded });
    return done();
  }
  await reload(context, rollout.outdated.slice(0, batch));
  return later(rollout.now + lookEvery, 'machines are being reloaded');
}

async function reload(context: StateContext, nodeIds: readonly number[], revisionId?: number): Promise<void> {
  await context.write('reloads', async (writer) => {
    for (const targetId of nodeIds) {
      const args = revisionId === undefined ? {} : { revisionId };
      await writer.queue({ action: 'reload', targetType: 'node', targetId, args, parentId: context.task.id });
    }
  });
}

async function switchTo(context: StateContext, revisionId: number): Promise<void> {
  await context.write('production', async (writer) => {
    if (await writer.makeProduction(revisionId)) await writer.event('image.production', { revisionId });
  });
}
