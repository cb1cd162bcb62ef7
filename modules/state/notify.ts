import { done, type StateModule } from '../../src/domain/contracts/state.ts';

/** Mails the notices of a reservation that were not mailed yet; without a mail server they are on the page only. */
export const notify: StateModule = {
  action: 'notify',
  title: 'Sending mail',
  holds: [],
  timeoutSeconds: 60,
  async run(context) {
    return done(`${await context.sendMail(context.task.targetId)} sent`);
  },
};
