import { done, later, type StateModule } from '../../src/domain/contracts/state.ts';
import { hour } from '../../src/domain/time.ts';

/** Removes a revision that was deleted or given up: its file, once no machine leans on it (design, section 6). */
export const purge: StateModule = {
  action: 'purge',
  title: 'Removing an image revision',
  holds: [],
  timeoutSeconds: 300,

  async run(context) {
    const { target, now } = await context.look();
    if (!target) return done('removed already');
    if (!(await context.write('not used', (writer) => writer.isUnused(target.id))))
      return later(now + hour, 'a machine still holds it');
    await context.removeImage(target);
    await context.write('removed', (writer) => writer.forgetRevision(target.id));
    return done();
  },
};
