import type { CleanedDisk } from '../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { beginJob, followAgent } from './agent-run.ts';
import { jobUnderWay } from './job-under-way.ts';
import type { CleanJob } from './jobs/clean-job.ts';
import { removeJob } from './jobs/job.ts';
import { forgetLoads } from './load-record.ts';
import type { Metal } from './metal.ts';

/**
 * Cleans the machine's disks without loading anything; it is off afterwards, however that ended. Begun again while its agent
 * is at it, it waits for that one; what that has done is not done again.
 */
export async function clean(metal: Metal): Promise<readonly CleanedDisk[]> {
  const { context, bmc } = metal;
  const { directory, node } = context;
  try {
    const job = (await jobUnderWay(metal, 'clean')) ?? (await begin(metal));
    const { cleaned } = await followAgent(metal, job);
    if (cleaned) return cleaned;
    throw new ModuleError('failed', `${node.name} was not cleaned`);
  } finally {
    if (!context.signal.aborted) {
      await removeJob(directory, node.mac);
      await switchOff(bmc, context);
    }
  }
}

/** What was known of its disk is true no more from here on. */
async function begin(metal: Metal): Promise<CleanJob> {
  const { context, bmc } = metal;
  await switchOff(bmc, context);
  await forgetLoads(context, 'all');
  return await beginJob<CleanJob>(metal, { action: 'clean', clean: context.settings.cleaning });
}
