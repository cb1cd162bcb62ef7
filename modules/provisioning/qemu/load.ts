import { randomUUID } from 'node:crypto';
import type { LoadSecrets, RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { type Loaded, revisionName } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { waitForSsh } from '../../../src/lib/ssh-shell.ts';
import { type ImageFile, readImageFile } from '../shared/image-file.ts';
import { checkIntact, doubt } from '../shared/intact-image.ts';
import { wantedRevision } from '../shared/wanted-revision.ts';
import { guestFiles, makeFolder } from './guest-files.ts';
import { guestPower } from './guest-power.ts';
import { type GuestRecord, readRecord, writeRecord } from './guest-record.ts';
import { guestUser } from './guest-user.ts';
import { makeDisks } from './make-disks.ts';
import { asModuleError } from './problems.ts';
import { removeGuest, removeGuestsOfNode } from './remove-guest.ts';
import type { QemuSettings } from './settings.ts';
import { startGuest } from './start-guest.ts';
import { waitUntilUp } from './wait-until-up.ts';

type Context = ProvisioningContext<QemuSettings>;

/** Gives the node a machine of its own on the revision's disk and waits until its management account lets us in. */
export async function load(context: Context): Promise<Loaded> {
  context.signal.throwIfAborted();
  const revision = wantedRevision(context, ['qcow2', 'raw']);
  const image = await readImageFile(revision);
  checkFit(context, image);
  const secrets = needSecrets(context);
  const run = randomUUID();
  const intact = checkIntact(revision);
  intact.catch(() => undefined);
  const files = guestFiles(context);
  try {
    const present = await readRecord(files);
    const goesOn =
      present?.revisionId === revision.id && (await guestPower(files, present, context.signal)) === 'on';
    const guest = goesOn
      ? await writeRecord(files, { ...present, run })
      : await begin(context, image, newRecord(run, revision));
    await Promise.all([waitForSystem(context, guest, secrets), intact]);
    await writeRecord(files, { ...guest, phase: 'loaded' });
    return { changed: !(goesOn && present.phase === 'loaded'), management: guest.management };
  } catch (error) {
    // Whoever took this load over in the meantime goes on with the guest; it is not ours to remove.
    const record = await readRecord(files);
    if (record === null || record.run === run) await removeGuest(files);
    context.signal.throwIfAborted();
    doubt(revision);
    // A damaged file explains whatever else went wrong.
    await intact;
    throw asModuleError(error);
  }
}

function checkFit({ node, pool, settings }: Context, { virtualBytes }: ImageFile): void {
  if (node.diskMb * 1024 * 1024 < virtualBytes) {
    const needed = Math.ceil(virtualBytes / 1024 / 1024);
    throw new ModuleError(
      'unsatisfiable',
      `${node.name} has a disk of ${node.diskMb} MB; the image needs ${needed} MB`,
    );
  }
  if ((settings.network === 'bridge') !== (pool.reach === 'everything')) {
    throw new ModuleError(
      'unsatisfiable',
      'Machines in a bridge can reach everything, and only those can: the pool must say both or neither',
    );
  }
}

function needSecrets({ node, secrets }: Context): LoadSecrets {
  if (secrets) return secrets;
  throw new ModuleError('failed', `No secrets were made for this load of ${node.name}`);
}

function newRecord(run: string, revision: RevisionFacts): GuestRecord {
  return {
    run,
    phase: 'loading',
    power: 'off',
    revisionId: revision.id,
    image: revisionName(revision),
    process: null,
    management: null,
    layered: false,
    sealed: false,
    captured: null,
  };
}

async function begin(context: Context, image: ImageFile, record: GuestRecord): Promise<GuestRecord> {
  const files = guestFiles(context);
  context.progress('making the disk', 0, { phase: 'prepare' });
  await removeGuest(files);
  await removeGuestsOfNode(context, 'others');
  await makeFolder(files, guestUser(context));
  await writeRecord(files, record);
  await makeDisks(context, image);
  context.progress('starting the machine', 0.1, { phase: 'power' });
  return await startGuest(context, image, record);
}

async function waitForSystem(context: Context, guest: GuestRecord, secrets: LoadSecrets): Promise<void> {
  context.progress('waiting for the system', 0.2, { phase: 'boot' });
  const { management } = guest;
  if (!management) throw new ModuleError('node_broken', 'The machine has no management address');
  await waitUntilUp(context, guest, (signal) =>
    waitForSsh({
      ...management,
      privateKey: secrets.managementKey,
      hostKeys: secrets.hostKeys.map((key) => key.public),
      signal,
    }),
  );
}
