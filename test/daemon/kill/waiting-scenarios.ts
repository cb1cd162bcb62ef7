import { inTransaction } from '../../../db/transaction.ts';
import { minute } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { type Scenario, scenario } from './scenarios.ts';

/** Ann has the one machine, Bob and Cid wait for it. */
async function waiting(lab: Lab): Promise<{ ann: SignedIn; bob: SignedIn }> {
  const [ann, bob, cid] = [
    await someone(lab.deps, 'ann'),
    await someone(lab.deps, 'bob'),
    await someone(lab.deps, 'cid'),
  ];
  await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
  await runUntilSettled(lab.db, lab.directory);
  await lab.services.wait(bob, { image: 'simulated', minutes: 60, askFirst: true });
  await lab.services.wait(cid, { image: 'simulated', minutes: 60 });
  // it is day where Bob is, whenever this runs
  const hour = new Date().getUTCHours();
  const zone = `Etc/GMT${hour >= 12 ? '+' : '-'}${Math.abs(hour - 12)}`;
  await inTransaction(lab.db, (tx) => tx.table('waiters').update({ time_zone: zone }));
  return { ann, bob };
}

/** What becomes free is given away in the step that frees it, and a missed offer goes to who is next. */
export const waitingScenarios: readonly Scenario[] = [
  scenario(
    'waitlist',
    'an offer is not answered, and who is next has the machine',
    { nodes: 'reserved', state: 'complete' },
    waiting,
    async (lab, { ann }) => {
      await lab.services.endReservation(ann, 1);
      await runUntilSettled(lab.db, lab.directory);
      await inTransaction(lab.db, async (tx) => {
        await tx
          .table('waiters')
          .whereNotNull('reservation_id')
          .update({ offered_until: tx.now - minute });
        await tx.table('tasks').where({ action: 'waitlist' }).update({ run_after: tx.now });
      });
    },
  ),
];

/** The step that takes a machine back offers it: for the full tests. */
export const slowWaitingScenarios: readonly Scenario[] = [
  scenario(
    'deleted',
    'ended, and offered to who is first in the same step',
    { nodes: 'reserved', state: 'complete' },
    waiting,
    (lab, { ann }) => lab.services.endReservation(ann, 1),
  ),
];
