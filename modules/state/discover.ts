import type { SeenMachine } from '../../src/domain/contracts/bare-metal.ts';
import {
  later,
  type PoolView,
  type StateContext,
  type StateModule,
} from '../../src/domain/contracts/state.ts';
import { ModuleError } from '../../src/domain/errors.ts';

const every = 3_000;
const seldom = 15_000;

/** Notes which machines that are no nodes started from the network of a pool: somebody may give them a name then. */
export const discover: StateModule = {
  action: 'discover',
  title: 'Looking for new machines',
  holds: [],
  timeoutSeconds: 600,

  async run(context) {
    const views = (await context.pools()).filter(({ list_seen }) => list_seen !== null);
    for (const view of views) await note(context, view);
    return later((await context.look()).now + (views.length > 0 ? every : seldom), 'until the next look');
  },
};

async function note(context: StateContext, view: PoolView): Promise<void> {
  const { id, name } = view.pool;
  const seen = await seenBy(context, view);
  if (seen === null) return;
  await context.write('noted who was seen', async (writer) => {
    for (const mac of await writer.keepSeen(id, seen)) await writer.event('discovered', { mac, pool: name });
  });
}

/** A pool whose network cannot be served keeps the others from nothing: its own *Test* says why. */
async function seenBy(
  context: StateContext,
  { pool, list_seen }: PoolView,
): Promise<readonly SeenMachine[] | null> {
  try {
    return (await list_seen?.()) ?? null;
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ModuleError)) throw error;
    context.log.warn(
      { err: error, pool: pool.name },
      'the machines of an imaging network could not be listed',
    );
    return null;
  }
}
