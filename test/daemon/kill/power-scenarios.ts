import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { acknowledge } from '../../../src/services/reservations/acknowledge.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { crashMachine, setFault } from '../../helpers/test-machines.ts';
import { connected, putNode, type Scenario, scenario } from './scenarios.ts';

/** Machines that went down by themselves. */
export const powerScenarios: readonly Scenario[] = [
  scenario(
    'power',
    'a machine does not start again, and its booking has another one',
    { nodes: 'failed reserved', state: 'reserved' },
    reserved,
    async (lab) => {
      await downForGood(lab);
      await putNode(lab, 2, 'available');
    },
  ),
];

/** What becomes of them besides: for the full tests. */
export const slowPowerScenarios: readonly Scenario[] = [
  scenario(
    'new',
    'the other machine of a booking whose own does not start again',
    { nodes: 'failed reserved', state: 'reserved' },
    reserved,
    async (lab) => {
      await downForGood(lab);
      await putNode(lab, 2, 'available');
    },
  ),
  scenario(
    'power',
    'a machine does not start again, and there is no other',
    { nodes: 'maintenance reserved', state: 'reserved' },
    reserved,
    downForGood,
  ),
  scenario(
    'power',
    'a machine in use is started again from its own disk',
    { nodes: 'inuse', state: 'inuse' },
    connected,
    (lab) => wentDown(lab, 1),
  ),
];

/** Ann has pressed Connect and is not on her machine yet; the other one is out of service, and nobody loads it ahead. */
async function reserved(lab: Lab): Promise<void> {
  await putNode(lab, 2, 'maintenance');
  await lab.db.knex('nodes').where({ id: 2 }).update({ preferred_image_id: null });
  const ann = await lab.person('ann');
  const { id } = await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
  await runUntilSettled(lab.db, lab.directory);
  await acknowledge(lab.deps, ann, id, 'test');
  await runUntilSettled(lab.db, lab.directory);
}

/** It was tried in vain twice. */
async function downForGood(lab: Lab): Promise<void> {
  for (const fault of ['sim1', 'sim1.power'])
    setFault(poolFolder(lab.directory), fault, { kind: 'node_broken', left: 99 });
  await wentDown(lab, 3);
}

/** As reconciling finds it; its next try is this one. */
async function wentDown(lab: Lab, attempt: number): Promise<void> {
  crashMachine(poolFolder(lab.directory), 'sim1');
  const task = {
    action: 'power',
    targetType: 'node',
    targetId: 1,
    args: { to: 'on', crashed: true },
  } as const;
  await inTransaction(lab.db, async (tx) => {
    const id = await queueTask(tx, task, { placeId: 1, nodeId: 1 });
    await tx.table('tasks').where({ id }).update({ attempt });
    await tx.table('nodes').where({ id: 1 }).update({ power: 'crashed' });
  });
}
