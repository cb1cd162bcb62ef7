import { later, type StateModule } from '../../src/domain/contracts/state.ts';
import { day } from '../../src/domain/time.ts';

/** Every night: carries the booking horizon forward, removes old rows, and recomputes the bits from the allocations. */
export const audit: StateModule = {
  action: 'audit',
  title: 'Auditing the books',
  holds: [],
  timeoutSeconds: 600,
  async run(context) {
    const differences = await context.audit();
    if (differences.length > 0) {
      context.log.error({ differences }, 'the books differ from the allocations');
      await context.write('audited', (writer) => writer.event('books-differ', { differences }));
    }
    const { now } = await context.look();
    return later((Math.floor(now / day) + 1) * day + 5 * 60_000, 'until tonight');
  },
};
