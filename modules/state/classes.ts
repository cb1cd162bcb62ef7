import { later, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';

const every = 15_000;

/**
 * Looks after the seats of classes: has them loaded in time, gives one that was lost another machine as soon as one is free, and has
 * those loaded again that are not as they should be. It takes no input and ends in the same place however often it runs.
 */
export const classes: StateModule = {
  action: 'classes',
  title: 'Getting the seats of classes ready',
  holds: [],
  timeoutSeconds: 300,

  async run(context) {
    const { now, load, again, lost, untold } = await context.classes();
    for (const id of load) await context.write(`loads seat ${id}`, (writer) => writer.queue(taskOf(id)));
    for (const id of again) await loadAgain(context, id);
    for (const id of lost) await context.write(`replaces seat ${id}`, (writer) => writer.replaceSeat(id));
    const another = lost.length > 0 ? await context.classes() : null;
    for (const id of another?.load ?? [])
      await context.write(`loads seat ${id}`, (writer) => writer.queue(taskOf(id)));
    for (const id of untold) await context.write(`tells of date ${id}`, (writer) => writer.tellOfLost(id));
    return later(now + every, 'until the next look');
  },

  /** It is in the log; the seats must be loaded all the same. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};

const taskOf = (targetId: number) => ({ action: 'seat', targetType: 'allocation', targetId }) as const;

/** Nobody is given it meanwhile without its own load. */
async function loadAgain(context: StateContext, id: number): Promise<void> {
  await context.write(`loads seat ${id} again`, async (writer) => {
    if (await writer.moveSeat(id, ['ready'], 'held')) await writer.queue(taskOf(id));
  });
}
