import { inTransaction } from '../../../db/transaction.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { setFault } from '../../helpers/test-machines.ts';
import { change, connected, endsIn, type Scenario, scenario } from './scenarios.ts';

/** Machines that become images: captured, captured to go on, saved by themselves, put into production. */
export const captureScenarios: readonly Scenario[] = [
  scenario(
    'image',
    'captured as a new image',
    { nodes: 'available', state: 'complete', reason: /Captured as physics-lab, revision 1/ },
    imaging,
    (lab, { ann, id }) => lab.services.capture(ann, id, { title: 'Physics lab' }),
  ),
  scenario(
    'checkpoint',
    'captured, to go on',
    { nodes: 'inuse', state: 'inuse' },
    imaging,
    (lab, { ann, id }) => lab.services.capture(ann, id, { title: 'Physics lab', goOn: true }),
  ),
  scenario(
    'inuse',
    'taken to make an image, until its planned end',
    { nodes: 'available', state: 'complete', reason: /Captured as simulated, revision 2/ },
    imaging,
    async (lab) => {
      await change(lab, { imaging: 1 });
      await endsIn(lab, -1_000);
    },
  ),
  scenario(
    'makeproduction',
    'a revision goes into production, idle machines follow',
    { nodes: 'available available available', state: 'complete' },
    captured,
    (lab, { ann }) => lab.services.makeProduction(ann, 'simulated', 2),
  ),
  scenario(
    'purge',
    'a deleted revision whose file goes',
    { nodes: 'available', state: 'complete' },
    captured,
    async (lab, { ann }) => {
      await lab.services.removeRevision(ann, 'simulated', 2);
      await inTransaction(lab.db, (tx) =>
        tx.table('tasks').where({ action: 'purge' }).update({ run_after: 0 }),
      );
    },
  ),
];

/** Three tries and a pause between them after every step: for the full tests. */
export const slowCaptureScenarios: readonly Scenario[] = [
  scenario(
    'image',
    'a capture that does not succeed keeps the machine',
    { nodes: 'inuse', state: 'image' },
    failing,
  ),
  scenario(
    'image',
    'a capture that was given up',
    { nodes: 'inuse', state: 'inuse' },
    async (lab) => {
      const made = await failing(lab);
      await runUntilSettled(lab.db, lab.directory);
      return made;
    },
    (lab, { ann, id }) => lab.services.giveUpCapture(ann, id),
  ),
];

interface Imaging {
  readonly ann: SignedIn;
  readonly id: number;
}

/** A machine in use, of somebody who makes images and owns this one. */
async function imaging(lab: Lab): Promise<Imaging> {
  const made = await connected(lab);
  await inTransaction(lab.db, (tx) => tx.table('images').update({ owner_id: made.ann.id }));
  return { ...made, ann: { ...made.ann, role: 'image-admin' } };
}

async function failing(lab: Lab): Promise<Imaging> {
  const made = await imaging(lab);
  setFault(poolFolder(lab.directory), 'sim1.capture', { kind: 'failed', left: 99 });
  await lab.services.capture(made.ann, made.id, { title: 'Physics lab' });
  return made;
}

/** The second revision is there, and every machine is idle with the first. */
async function captured(lab: Lab): Promise<Imaging> {
  const made = await imaging(lab);
  await lab.services.capture(made.ann, made.id, { revisionOf: 'simulated' });
  await runUntilSettled(lab.db, lab.directory);
  return made;
}
