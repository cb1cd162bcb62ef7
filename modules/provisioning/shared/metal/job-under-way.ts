import { readJob } from './jobs/job.ts';
import type { Job } from './jobs/kinds.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';

/** What another run of the task had begun, while its machine is at it. */
export async function jobUnderWay<Action extends Job['action']>(
  metal: Metal,
  action: Action,
): Promise<Extract<Job, { action: Action }> | null> {
  const { directory, node } = metal.context;
  const job = await readJob(directory, node.mac);
  if (job?.action !== action || Date.now() >= job.expiresAt) return null;
  return (await power_status(metal)) === 'on' ? (job as Extract<Job, { action: Action }>) : null;
}
