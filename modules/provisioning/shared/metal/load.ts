import { randomUUID } from 'node:crypto';
import type { Endpoint, LoadSecrets, RevisionFacts } from '../../../../src/domain/contracts/facts.ts';
import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { artefactName, type Loaded, revisionName } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { seedFiles } from '../../../../src/lib/images/seed.ts';
import { waitForSsh } from '../../../../src/lib/ssh-shell.ts';
import { startFrom, switchOff } from '../bmc/switch-power.ts';
import { readImageFile } from '../image-file.ts';
import { loadIdentity } from '../load-identity.ts';
import { wantedRevision } from '../wanted-revision.ts';
import { whyNotStarted } from './fits.ts';
import { followProgress } from './follow-progress.ts';
import { readJob, removeJob } from './jobs/job.ts';
import { writeLoadJob } from './jobs/write-load-job.ts';
import { forgetLoads, type LoadRecord, readRecord, writeRecord } from './load-record.ts';
import { type Metal, metalFormats } from './metal.ts';
import { power_status } from './power.ts';
import { serveImages } from './serve-images.ts';
import { forgetStream, prepareStream, type StreamManifest } from './stream.ts';
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
    const goesOn = present?.revisionId === wanted.revision.id && (await power_status(metal)) !== 'off';
    const record = goesOn ? await writeRecord(context, { ...present, run }) : await begin(metal, wanted, run);
    if (record.phase === 'writing') {
      await followAgent(metal);
      await writeRecord(context, { ...record, phase: 'starting' });
    }
    await waitForSystem(metal, wanted);
    await removeJob(context.directory, context.node.mac);
    await writeRecord(context, { ...record, phase: 'loaded' });
    return { changed: !(goesOn && present.phase === 'loaded'), management: wanted.endpoint };
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
  const { context, hardware, bmc } = metal;
  const { directory, node } = context;
  context.progress('preparing the image', undefined, { phase: 'prepare' });
  const stream = await prepareStream(context, wanted.revision);
  checkFit(metal, stream);
  context.progress('switching the machine', undefined, { phase: 'power' });
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await forgetLoads(context, 'all');
  await serveImages(context);
  const artefact = artefactName(context.installation, node);
  const seed = seedFiles(loadIdentity(context));
  const expiresAt = context.deadline;
  await writeLoadJob(directory, {
    artefact,
    node: node.name,
    mac: node.mac.toLowerCase(),
    expiresAt,
    stream,
    seed,
  });
  const { revision } = wanted;
  const facts = { revisionId: revision.id, image: revisionName(revision) };
  const record = await writeRecord(context, { run, phase: 'writing', ...facts });
  const network = { device: 'network', firmware: hardware.firmware, lasts: 'once' } as const;
  await startFrom(bmc, network, context);
  context.progress('starting from the network', undefined, { phase: 'firmware' });
  return record;
}

/** What is known before the machine says it itself. */
function checkFit({ context: { node }, hardware }: Metal, stream: StreamManifest): void {
  const unfit = whyNotStarted(stream, hardware.firmware);
  if (unfit) throw new ModuleError('unsatisfiable', `${node.name} cannot be loaded: ${unfit}`);
  const megabytes = Math.ceil(stream.leastBytes / 1024 ** 2);
  if (node.diskMb >= megabytes) return;
  throw new ModuleError(
    'unsatisfiable',
    `${node.name} has a disk of ${node.diskMb} MB; ${stream.image} needs ${megabytes} MB`,
  );
}

async function followAgent(metal: Metal): Promise<void> {
  const { directory, node, settings } = metal.context;
  const job = await readJob(directory, node.mac);
  if (job?.action !== 'load') throw new ModuleError('failed', `${node.name} has no job any more`);
  const blocks = job.stream.extents.reduce((sum, [, count]) => sum + count, 0);
  const progress: Progress = (step, fraction, about) =>
    metal.context.progress(step, fraction, {
      ...about,
      bytes: about?.phase === 'write' ? blocks * 65_536 : undefined,
    });
  const patience = { stillMs: settings.silentSeconds * 1000, totalMs: settings.writeSeconds * 1000 };
  await whileOn(
    metal,
    (signal) => followProgress(job, { directory, signal, progress, patience }),
    () => serveImages(metal.context),
  ).catch(async (error: unknown) => {
    // A stream that does not arrive as it was kept may lie damaged here.
    if (error instanceof ModuleError && error.facts.code === 'digest') await forgetStream(job.stream);
    throw error;
  });
}

async function waitForSystem(metal: Metal, { secrets, endpoint }: Wanted): Promise<void> {
  const { context } = metal;
  const { bootSeconds } = context.settings;
  context.progress('starting from its disk', undefined, { phase: 'boot' });
  const hostKeys = secrets.hostKeys.map((key) => key.public);
  const target = { ...endpoint, privateKey: secrets.managementKey, hostKeys };
  const answered = await whileOn(metal, (signal) =>
    within(bootSeconds, signal, (limited) => waitForSsh({ ...target, signal: limited })),
  );
  if (answered) return;
  throw new ModuleError(
    'failed',
    `${context.node.name} was written, but did not answer over SSH at ${endpoint.host} within ${bootSeconds} s`,
  );
}

/** However it came to this: a machine without a job starts its own disk, and one that is off nothing at all. */
async function giveUp({ context, bmc }: Metal): Promise<void> {
  await removeJob(context.directory, context.node.mac);
  await forgetLoads(context, 'this');
  const signal = AbortSignal.timeout(60_000);
  await switchOff(bmc, { signal }).catch((error: unknown) =>
    context.log.warn({ err: error, node: context.node.name }, 'a machine whose load failed may still be on'),
  );
}
