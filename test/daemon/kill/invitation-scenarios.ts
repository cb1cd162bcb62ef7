import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { hour } from '../../../src/domain/time.ts';
import { type Scenario, scenario } from './scenarios.ts';

/** What its person is told of a booking is told once: the row that says so and the mail are one transaction. */
export const invitationScenarios: readonly Scenario[] = [
  scenario('invite', 'a booking is told', { nodes: 'available', state: 'new' }, async (lab) => {
    const ann = await lab.person('ann');
    await lab.services.setEmail(ann, 'ann@example.org');
    await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start: Date.now() + 3 * hour });
    await inTransaction(lab.db, (tx) =>
      queueTask(tx, { action: 'invite', targetType: 'place', targetId: 1 }, { placeId: 1 }),
    );
  }),
];
