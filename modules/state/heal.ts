import { later, type StateModule } from '../../src/domain/contracts/state.ts';

/** Well within the minute that a hold is kept ahead, and that a booking may stay on a machine that is out of order. */
const every = 15_000;

/**
 * Keeps the books true to the machines: a hold goes on while its machine is not clean, and a booking leaves a machine that
 * is out of order before it begins, and seats of a class that nobody claimed go back when it is time. What it cannot move stays where it is, is on Needs attention, and is tried again.
 */
export const heal: StateModule = {
  action: 'heal',
  title: 'Keeping holds and moving bookings',
  holds: [],
  timeoutSeconds: 300,

  async run(context) {
    const { now } = await context.look();
    const { holds, stranded, unclaimed } = await context.overtaken();
    for (const id of holds) await context.write(`keeps hold ${id}`, (writer) => writer.keepHold(id));
    for (const { allocationId, because } of stranded)
      await context.write(`moves booking ${allocationId}`, (writer) =>
        writer.moveBooking(allocationId, because),
      );
    for (const id of unclaimed)
      await context.write(`gives back seats ${id}`, (writer) => writer.giveBackDate(id));
    return later(now + every, 'until the next look');
  },

  /** It is in the log; the holds must be kept all the same. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};
