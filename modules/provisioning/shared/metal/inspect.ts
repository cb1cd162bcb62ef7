import type { Inspected } from '../../../../src/domain/contracts/bare-metal.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { beginJob, followAgent, leaveOff } from './agent-run.ts';
import type { Inventory } from './inventory.ts';
import { jobUnderWay } from './job-under-way.ts';
import { type InspectJob, measured } from './jobs/inspect-job.ts';
import { removeJob } from './jobs/job.ts';
import { readReports } from './jobs/job-log.ts';
import { checkBmc, judgeMachine, judgeMeasurements } from './judge-inspection.ts';
import type { Metal } from './metal.ts';

/**
 * Starts the machine from the network and lets its agent look at it and burn it in. It is off afterwards, and nothing was written
 * to its disks. Begun again, it goes on with what the machine is at.
 */
export async function inspect(metal: Metal): Promise<Inspected> {
  const { context } = metal;
  const { directory, node, signal } = context;
  try {
    const bmc = await checkBmc(metal);
    const job = (await jobUnderWay(metal, 'inspect')) ?? (await begin(metal));
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

async function begin(metal: Metal): Promise<InspectJob> {
  const { burnInMemorySeconds, burnInDiskSeconds, burnInNetworkSeconds } = metal.context.settings;
  const seconds = { memory: burnInMemorySeconds, disk: burnInDiskSeconds, network: burnInNetworkSeconds };
  return await beginJob<InspectJob>(metal, { action: 'inspect', seconds });
}

async function follow(metal: Metal, job: InspectJob): Promise<Inventory> {
  const { inventory } = await followAgent(metal, job);
  if (inventory) return inventory;
  throw new ModuleError('node_broken', `${metal.context.node.name} did not say what it is made of`);
}
