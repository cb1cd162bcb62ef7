import { later, type StateModule } from '../../src/domain/contracts/state.ts';

const afterTrouble = 5_000;

/**
 * Keeps the waiting list true to time: offers that were not answered are taken back, and whatever became free without a transaction that
 * gave it away (a new machine, the end of somebody's night) goes to who is first. Each is a transaction of its own.
 */
export const waitlist: StateModule = {
  action: 'waitlist',
  title: 'Looking after those who wait',
  holds: [],
  timeoutSeconds: 120,

  async run(context) {
    const { missed, next } = await context.waiting();
    for (const id of missed)
      await context.write(`offer of ${id} is missed`, (writer) => writer.missOffer(id));
    await context.write('serves', (writer) => writer.serveWaiters());
    return later(next, 'until the next look');
  },

  /** It is in the log; those who wait must be served all the same. */
  failed: async (context, error) => later((await context.look()).now + afterTrouble, error.message),
};
