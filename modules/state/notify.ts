import { done, later, type StateModule } from '../../src/domain/contracts/state.ts';
import { minute } from '../../src/domain/time.ts';

/** How long a mail server may be away, and how often it is asked meanwhile. Milliseconds. */
const patience = 60 * minute;
const every = 5 * minute;

/** Mails one notice; without a mail server, or an address, it is on the page only. */
export const notify: StateModule = {
  action: 'notify',
  title: 'Sending mail',
  holds: [],
  timeoutSeconds: 60,
  async run(context) {
    return done((await context.sendMail(context.task.targetId)) ? 'sent' : 'no address');
  },
  async failed(context, error) {
    const { now } = await context.look();
    if (error.kind !== 'retry' || now - context.task.createdAt > patience) throw error;
    return later(now + every, error.message);
  },
};
