import type { CleanedDisk } from '../../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../../src/domain/errors.ts';
import { switchOff } from '../bmc/switch-power.ts';
import { followAgent, jobOf, startAgent } from './agent-run.ts';
import type { CleanJob } from './jobs/clean-job.ts';
import { readJob, removeJob, writeJob } from './jobs/job.ts';
import { forgetLoads } from './load-record.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';
import { serveImages } from './serve-images.ts';

/**
 * Cleans the machine's disks without loading anything; it is off afterwards, however that ended. Begun again while its agent
 * is at it, it waits for that one.
 */
export async function clean(metal: Metal): Promise<readonly CleanedDisk[]> {
  const { context, bmc } = metal;
  const { directory, node } = context;
  try {
    const job = (await running(metal)) ?? (await begin(metal));
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

async function running(metal: Metal): Promise<CleanJob | null> {
  const job = await readJob(metal.context.directory, metal.context.node.mac);
  return job?.action === 'clean' && (await power_status(metal)) === 'on' ? job : null;
}

/** What was known of its disk is true no more from here on. */
async function begin(metal: Metal): Promise<CleanJob> {
  const { context, bmc } = metal;
  const { directory, node, settings } = context;
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await forgetLoads(context, 'all');
  await serveImages(context);
  const job = await writeJob<CleanJob>(
    directory,
    { ...jobOf(metal), action: 'clean', clean: settings.cleaning },
    () => Promise.resolve(),
  );
  await startAgent(metal);
  return job;
}
