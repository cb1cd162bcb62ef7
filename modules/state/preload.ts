import { later, type StateModule } from '../../src/domain/contracts/state.ts';

const every = 30_000;
/** Counting the past for the first time goes on at once. */
const counting = 100;

/**
 * Loads machines before anybody asks: it counts what was taken, lets the predictive modules say what machines are to hold, and has idle
 * ones loaded with that. What a machine in use is to hold is what it is loaded with when it is taken back.
 */
export const preload: StateModule = {
  action: 'preload',
  title: 'Looking what will be asked for',
  holds: [],
  timeoutSeconds: 120,

  async run(context) {
    const { now, counts, aims, forget, loads } = await context.preloads();
    if (counts) {
      await context.write('counts', (writer) => writer.countDemand());
      return later(now + counting, 'what was taken is counted');
    }
    if (aims.length > 0 || forget.length > 0)
      await context.write('aims', async (writer) => {
        await writer.keepAims(aims);
        await writer.forgetAims(forget);
      });
    for (const targetId of loads)
      await context.write(`loads node ${targetId} ahead`, (writer) =>
        writer.queue({ action: 'reload', targetType: 'node', targetId }),
      );
    return later(now + every, 'until the next look');
  },

  /** It is in the log; machines stay as they are meanwhile. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};
