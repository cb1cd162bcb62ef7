import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { acknowledge } from '../../../src/services/reservations/acknowledge.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { sayConnected } from '../../helpers/recording-os.ts';
import { setFault } from '../../helpers/test-machines.ts';
import { type Scenario, scenario } from './scenarios.ts';

const far = 60 * 60_000;

/** Ann has booked two machines together; the second is not being made ready before the first is. */
async function halfReady(lab: Lab): Promise<SignedIn> {
  const admin = await lab.person('admin', { role: 'administrator' });
  const ann = await lab.person('ann');
  await inTransaction(lab.db, async (tx) => {
    const [image] = await tx.rows<Record<string, unknown>>('SELECT * FROM images WHERE id = 1');
    const [revision] = await tx.rows<Record<string, unknown>>('SELECT * FROM image_revisions WHERE id = 1');
    await tx
      .table('images')
      .insert({ ...image, id: 2, name: 'data', title: 'Data', production_revision_id: 2 });
    await tx.table('image_revisions').insert({ ...revision, id: 2, image_id: 2 });
    // which machine is which is never drawn
    await tx.table('images').where({ id: 1 }).update({ memory_mb: 512 });
    await tx.table('nodes').where({ id: 1 }).update({ memory_mb: 1024 });
  });
  const members = [{ role: 'db', image: 'data', machines: 1 }];
  await lab.services.editImage(admin, 'simulated', { members });
  await lab.services.reserve(ann, { image: 'simulated', minutes: 60 });
  await shiftSecond(lab, far);
  await runUntilSettled(lab.db, lab.directory);
  return ann;
}

/** When the load of the second machine begins, from now. */
async function shiftSecond(lab: Lab, milliseconds: number): Promise<void> {
  await inTransaction(lab.db, (tx) =>
    tx.change(
      "UPDATE tasks SET run_after = ? WHERE action = 'new' AND status = 'queued' AND target_id IN (SELECT id FROM allocations WHERE member = 1)",
      [tx.now + milliseconds],
    ),
  );
}

async function nodeOfSecond(lab: Lab): Promise<string> {
  const [row] = await reading(lab.db, (reader) =>
    reader.rows<AllocationRow & { name: string }>(
      'SELECT n.name FROM allocations a JOIN nodes n ON n.id = a.node_id WHERE a.member = 1',
    ),
  );
  return row?.name ?? '';
}

async function acknowledged(lab: Lab): Promise<SignedIn> {
  const ann = await halfReady(lab);
  await shiftSecond(lab, 0);
  await runUntilSettled(lab.db, lab.directory);
  await acknowledge(lab.deps, ann, 1, 'test');
  sayConnected(poolFolder(lab.directory), 'yes');
  return ann;
}

/** Machines that are had together: for the full tests. */
export const clusterScenarios: readonly Scenario[] = [
  scenario(
    'new',
    'the last of two machines that are had together is ready',
    { nodes: 'reserved reserved', state: 'reserved' },
    halfReady,
    (lab) => shiftSecond(lab, 0),
  ),
  scenario(
    'new',
    'the last of two cannot be had, and the first is given back',
    { nodes: 'available failed', state: 'failed', reason: /No other machine is free/ },
    halfReady,
    async (lab) => {
      await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
      setFault(poolFolder(lab.directory), await nodeOfSecond(lab), { kind: 'node_broken', left: 99 });
      await shiftSecond(lab, 0);
    },
  ),
  scenario(
    'deleted',
    'two machines that are had together are taken back',
    { nodes: 'available available', state: 'complete' },
    async (lab) => {
      const ann = await acknowledged(lab);
      await runUntilSettled(lab.db, lab.directory);
      return ann;
    },
    (lab, ann) => lab.services.endReservation(ann, 1),
  ),
];
