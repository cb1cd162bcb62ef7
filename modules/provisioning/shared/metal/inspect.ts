import { artefactName, type Inspected } from '../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { startFrom, switchOff } from '../bmc/switch-power.ts';
import { followProgress } from './follow-progress.ts';
import type { Inventory } from './inventory.ts';
import { type InspectJob, measured } from './jobs/inspect-job.ts';
import { readJob, removeJob, writeJob } from './jobs/job.ts';
import { readReports } from './jobs/job-log.ts';
import { checkBmc, judgeMachine, judgeMeasurements } from './judge-inspection.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';
import { serveImages } from './serve-images.ts';
import { whileOn } from './while-on.ts';

/**
 * Starts the machine from the network and lets its agent look at it and burn it in. It is off afterwards, and nothing was written
 * to its disks. Begun again, it goes on with what the machine is at.
 */
export async function inspect(metal: Metal): Promise<Inspected> {
  const { context } = metal;
  const { directory, node, signal } = context;
  try {
    const bmc = await checkBmc(metal);
    const job = (await underWay(metal)) ?? (await begin(metal));
    const inventory = await follow(metal, job);
    const reports = await readReports(directory, job);
    const said = reports.filter(({ phase }) => phase === measured).map(({ says = '' }) => says);
    await switchOff(metal.bmc, context);
    const parts = [...bmc, ...judgeMachine(metal, inventory), ...judgeMeasurements(said, job.seconds)];
    return { inventory, parts };
  } catch (error) {
    const limited = AbortSignal.timeout(60_000);
    await switchOff(metal.bmc, { signal: limited }).catch((failure: unknown) =>
      context.log.warn({ err: failure, node: node.name }, 'a machine that was inspected may still be on'),
    );
    signal.throwIfAborted();
    throw error;
  } finally {
    await removeJob(directory, node.mac);
  }
}

/** What another run of the task had begun, while its machine is at it. */
async function underWay(metal: Metal): Promise<InspectJob | null> {
  const { directory, node } = metal.context;
  const job = await readJob(directory, node.mac);
  if (job?.action !== 'inspect' || Date.now() >= job.expiresAt) return null;
  return (await power_status(metal)) === 'on' ? job : null;
}

async function begin(metal: Metal): Promise<InspectJob> {
  const { context, bmc, hardware } = metal;
  const { directory, node, settings, installation, deadline } = context;
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await serveImages(context);
  const wanted = {
    ...{ artefact: artefactName(installation, node), node: node.name, mac: node.mac.toLowerCase() },
    ...{ expiresAt: deadline, action: 'inspect' as const },
    seconds: {
      ...{ memory: settings.burnInMemorySeconds, disk: settings.burnInDiskSeconds },
      network: settings.burnInNetworkSeconds,
    },
  };
  const job = await writeJob<InspectJob>(directory, wanted, async () => {});
  await startFrom(bmc, { device: 'network', firmware: hardware.firmware, lasts: 'once' }, context);
  return job;
}

async function follow(metal: Metal, job: InspectJob): Promise<Inventory> {
  const { directory, progress, settings, node } = metal.context;
  const { memory, disk, network } = job.seconds;
  // Each disk has its own time.
  const totalMs = (memory + disk * 64 + network + settings.writeSeconds) * 1000;
  const patience = { stillMs: settings.silentSeconds * 1000, totalMs };
  const { inventory } = await whileOn(
    metal,
    (signal) => followProgress(job, { directory, signal, progress, patience }),
    () => serveImages(metal.context),
  );
  if (inventory) return inventory;
  throw new ModuleError('node_broken', `${node.name} did not say what it is made of`);
}
