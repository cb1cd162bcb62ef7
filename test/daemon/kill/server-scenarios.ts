import { inTransaction } from '../../../db/transaction.ts';
import { day, second } from '../../../src/domain/time.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { someone } from '../../helpers/administrators.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { type Scenario, scenario } from './scenarios.ts';

const inUse = { nodes: 'inuse', state: 'inuse' };
const group = 99;

/** A server that is ready, but for its being opened: Bob is in its group. */
async function taken(lab: Lab): Promise<{ ann: SignedIn; bob: number; cid: number }> {
  const ann = { ...(await someone(lab.deps, 'ann')), groupIds: [group] };
  const [bob, cid] = [await someone(lab.deps, 'bob'), await someone(lab.deps, 'cid')];
  await inTransaction(lab.db, async (tx) => {
    await tx.table('user_groups').insert({ id: group, name: 'readers', role: 'user' });
    await tx.table('group_members').insert({ group_id: group, user_id: bob.id });
  });
  await lab.services.takeServer(
    { ...ann, limits: { ...ann.limits, servers: 1 } },
    { image: 'simulated', name: 'Data', loginGroup: 'readers', end: Date.now() + 5 * day - 30 * second },
  );
  return { ann, bob: bob.id, cid: cid.id };
}

/** Servers open by themselves, and their accounts follow their groups: for the full tests. */
export const serverScenarios: readonly Scenario[] = [
  scenario('reserved', 'a server opens by itself', inUse, taken),
  scenario('inuse', 'a server opens an account for who is in its group', inUse, taken),
  scenario(
    'inuse',
    'one leaves the group of a server, another comes',
    inUse,
    async (lab) => {
      const made = await taken(lab);
      await runUntilSettled(lab.db, lab.directory);
      return made;
    },
    (lab, { bob, cid }) =>
      inTransaction(lab.db, async (tx) => {
        await tx.table('group_members').where({ user_id: bob }).update({ user_id: cid });
        await tx.table('tasks').where({ action: 'inuse' }).update({ run_after: tx.now });
      }),
  ),
];
