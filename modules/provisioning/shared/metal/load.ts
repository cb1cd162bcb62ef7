import { randomUUID } from 'node:crypto';
import type { Endpoint, LoadSecrets, RevisionFacts } from '../../../../src/domain/contracts/facts.ts';
import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { type Loaded, revisionName } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { seedFiles } from '../../../../src/lib/images/seed.ts';
import { waitForSsh } from '../../../../src/lib/ssh-shell.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { readImageFile } from '../image-file.ts';
import { loadIdentity } from '../load-identity.ts';
import { wantedRevision } from '../wanted-revision.ts';
import { followAgent, jobOf, leaveOff } from './agent-run.ts';
import { butNothingSigned } from './fits.ts';
import type { JobDone } from './follow-progress.ts';
import { admitMachine } from './imaging-network/admit-machine.ts';
import type { Inventory } from './inventory.ts';
import { readJob, removeJob } from './jobs/job.ts';
import { forgetLoads, type LoadRecord, readRecord, writeRecord } from './load-record.ts';
import { type Metal, metalFormats } from './metal.ts';
import { power_status } from './power.ts';
import { serveImages } from './serve-images.ts';
import type { Way } from './ways/way.ts';
import { ways } from './ways/ways.ts';
import { whileOn } from './while-on.ts';
import { within } from './within.ts';

/** What a load needs besides a machine. */
interface Wanted {
  readonly revision: RevisionFacts;
  readonly secrets: LoadSecrets;
  readonly endpoint: Endpoint;
}

/**
 * Writes the revision to the machine's disk and waits until its own system lets our management account in, with the host
 * key that was made for this load: nothing that was on the disk before can. Begun again, it goes on with what the machine
 * is at; what fails is switched off, and has no job any more.
 */
export async function load(metal: Metal): Promise<Loaded> {
  const { context } = metal;
  const wanted = await whatIsWanted(metal);
  const run = randomUUID();
  try {
    const present = await readRecord(context);
    const same = present?.revisionId === wanted.revision.id && (present.cleans || !context.node.unclean);
    const goesOn = same && (await power_status(metal)) !== 'off';
    let record = goesOn ? await writeRecord(context, { ...present, run }) : await begin(metal, wanted, run);
    const way = ways[record.way];
    let inventory: Inventory | null = null;
    if (record.phase === 'writing') {
      const { cleaned, inventory: found } = await followJob(metal, way);
      inventory = found;
      record = await writeRecord(context, { ...record, cleaned, phase: 'starting' });
    }
    context.progress(way.starting, undefined, { phase: 'boot' });
    await waitForSystem(metal, wanted);
    await way.loaded(metal);
    await writeRecord(context, { ...record, phase: 'loaded' });
    const { cleaned } = record;
    return {
      ...{ changed: !(goesOn && present.phase === 'loaded'), management: wanted.endpoint },
      ...(cleaned ? { cleaned } : {}),
      ...(inventory ? { inventory } : {}),
    };
  } catch (error) {
    // Whoever took this load over in the meantime goes on with the machine; it is not ours to switch.
    const record = await readRecord(context);
    if (record === null || record.run === run) await giveUp(metal);
    context.signal.throwIfAborted();
    throw error;
  }
}

async function whatIsWanted({ context, hardware }: Metal): Promise<Wanted> {
  const revision = wantedRevision(context, metalFormats);
  // What machines read of it was made long ago, perhaps: an image whose file is gone is none.
  await readImageFile(revision);
  const { secrets, node } = context;
  if (!secrets) throw new ModuleError('failed', `No secrets were made for this load of ${node.name}`);
  if (hardware.endpoint) return { revision, secrets, endpoint: hardware.endpoint };
  throw new ModuleError(
    'unsatisfiable',
    `${node.name} has no address: enter where its SSH answers, so that it can be loaded`,
  );
}

/** Up to the moment from which the machine does its part by itself. The record stands before it is started. */
async function begin(metal: Metal, wanted: Wanted, run: string): Promise<LoadRecord> {
  const { context, bmc } = metal;
  const { directory, node, settings } = context;
  const way = ways[settings.loading];
  context.progress('preparing the image', undefined, { phase: 'prepare' });
  const writeJob = await way.prepare(metal, wanted.revision);
  await checkSecureBoot(metal);
  context.progress('switching the machine', undefined, { phase: 'power' });
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await forgetLoads(context, 'all');
  await serveImages(context);
  if (settings.dhcp === 'full') await admitMachine(directory, node);
  const seed = seedFiles(loadIdentity(context));
  const clean = node.unclean ? settings.cleaning : null;
  await writeJob({ ...jobOf(metal), clean, seed });
  const { revision } = wanted;
  const facts = { revisionId: revision.id, image: revisionName(revision), way: settings.loading };
  const cleaning = { cleans: node.unclean, cleaned: null };
  const record = await writeRecord(context, { run, phase: 'writing', ...facts, ...cleaning });
  await way.startAgent(metal);
  context.progress('starting from the network', undefined, { phase: 'firmware' });
  return record;
}

/** Where the BMC knows it, nothing is started in vain; else the machine says it itself. */
async function checkSecureBoot({ context: { node, signal }, hardware, bmc }: Metal): Promise<void> {
  if (hardware.firmware === 'bios' || (await bmc.secureBoot(signal)) !== true) return;
  throw new ModuleError(
    'unsatisfiable',
    `${node.name} cannot be loaded: Secure Boot is on${butNothingSigned}`,
  );
}

async function followJob(metal: Metal, way: Way): Promise<JobDone> {
  const { directory, node } = metal.context;
  const job = await readJob(directory, node.mac);
  if (job?.action !== way.action) throw new ModuleError('failed', `${node.name} has no job any more`);
  const bytes = way.writes(job);
  const progress: Progress = (step, fraction, about) =>
    metal.context.progress(step, fraction, {
      ...about,
      bytes: about?.phase === 'write' ? bytes : undefined,
    });
  return await followAgent(metal, job, progress).catch(async (error: unknown) => {
    await way.failed(job, error);
    throw error;
  });
}

async function waitForSystem(metal: Metal, { secrets, endpoint }: Wanted): Promise<void> {
  const { context } = metal;
  const { bootSeconds } = context.settings;
  const hostKeys = secrets.hostKeys.map((key) => key.public);
  const target = { ...endpoint, privateKey: secrets.managementKey, hostKeys };
  const answered = await whileOn(metal, (signal) =>
    within(bootSeconds, signal, (limited) => waitForSsh({ ...target, signal: limited })),
  );
  if (answered) return;
  throw new ModuleError(
    'failed',
    `${context.node.name} was given its system, which did not answer over SSH at ${endpoint.host} within ${bootSeconds} s`,
  );
}

/** However it came to this: a machine without a job starts its own disk, and one that is off nothing at all. */
async function giveUp(metal: Metal): Promise<void> {
  const { context } = metal;
  await removeJob(context.directory, context.node.mac);
  await forgetLoads(context, 'this');
  await leaveOff(metal, 'a machine whose load failed');
}
