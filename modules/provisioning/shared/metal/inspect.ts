import type { Inspected } from '../../../../src/domain/contracts/bare-metal.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { followAgent, jobOf, leaveOff, startAgent } from './agent-run.ts';
import type { Inventory } from './inventory.ts';
import { type InspectJob, measured } from './jobs/inspect-job.ts';
import { readJob, removeJob, writeJob } from './jobs/job.ts';
import { readReports } from './jobs/job-log.ts';
import { checkBmc, judgeMachine, judgeMeasurements } from './judge-inspection.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';
import { serveImages } from './serve-images.ts';

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
    await leaveOff(metal, 'a machine that was inspected');
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
  const { context, bmc } = metal;
  const { directory, node, settings } = context;
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await serveImages(context);
  const wanted = {
    ...jobOf(metal),
    action: 'inspect' as const,
    seconds: {
      ...{ memory: settings.burnInMemorySeconds, disk: settings.burnInDiskSeconds },
      network: settings.burnInNetworkSeconds,
    },
  };
  const job = await writeJob<InspectJob>(directory, wanted, async () => {});
  await startAgent(metal);
  return job;
}

async function follow(metal: Metal, job: InspectJob): Promise<Inventory> {
  const { inventory } = await followAgent(metal, job);
  if (inventory) return inventory;
  throw new ModuleError('node_broken', `${metal.context.node.name} did not say what it is made of`);
}
