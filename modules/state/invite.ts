import { later, type StateModule } from '../../src/domain/contracts/state.ts';

/** Changes that follow on one another within it are one mail. Milliseconds. */
const every = 60_000;

/**
 * Keeps what people's calendars say of their bookings true by mail. It takes no input: it compares the bookings with what was
 * told last, so that it does not matter who changed them, nor how.
 */
export const invite: StateModule = {
  action: 'invite',
  title: 'Inviting people to their bookings',
  holds: [],
  timeoutSeconds: 300,

  async run(context) {
    const { now } = await context.look();
    for (const id of await context.invitationsDue())
      await context.write(`invites to ${id}`, (writer) => writer.invite(id));
    return later(now + every, 'until the next look');
  },

  /** It is in the log; the next ones are to be sent all the same. */
  failed: async (context, error) => later((await context.look()).now + every, error.message),
};
