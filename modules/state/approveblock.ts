import { done, type StateContext, type StateModule } from '../../src/domain/contracts/state.ts';

/**
 * Holds the seats of a class, one transaction for each date, in their order. A date without enough machines is left out where the block
 * says so; else everything that was held goes back. It also gives back what nobody wants any more.
 */
export const approveblock: StateModule = {
  action: 'approveblock',
  title: 'Holding the seats of a class',
  holds: [],
  timeoutSeconds: 600,

  async run(context) {
    const block = await context.block();
    if (!block) return done('it is gone');
    if (block.state === 'approving' && (await holdAll(context))) return end(context);
    const now = await context.block();
    if (now?.state === 'returning' || now?.state === 'ending')
      for (const { id, date } of now.dates.filter(({ state, hasBegun }) => state === 'held' && !hasBegun))
        await context.write(`gives back ${date}`, (writer) => writer.giveBackDate(id));
    return end(context);
  },
};

async function end(context: StateContext) {
  await context.write('ended', (writer) => writer.endBlock());
  return done();
}

/** False when one did not fit: everything goes back. */
async function holdAll(context: StateContext): Promise<boolean> {
  const block = await context.block();
  for (const { id, date } of block?.dates.filter(({ state }) => state === 'asked') ?? []) {
    const came = await context.write(`holds ${date}`, (writer) => writer.holdDate(id));
    if (came === 'short') return false;
  }
  return true;
}
