import { jobOf } from './agent-run.ts';
import { readJob } from './jobs/job.ts';
import { hasEnded } from './jobs/job-log.ts';
import type { Job } from './jobs/kinds.ts';
import type { Metal } from './metal.ts';
import { power_status } from './power.ts';

/**
 * What another run of the task had begun: while its machine is at it, and when that was through with it and went off before
 * anybody listened. Null where the work is still to be begun.
 */
export async function jobUnderWay<Action extends Job['action']>(
  metal: Metal,
  action: Action,
): Promise<Extract<Job, { action: Action }> | null> {
  const { directory, node } = metal.context;
  const job = await readJob(directory, node.mac);
  if (job?.action !== action || job.artefact !== jobOf(metal).artefact || Date.now() >= job.expiresAt)
    return null;
  // an agent says that it ended before it switches off
  const goesOn = (await power_status(metal)) === 'on' || (await hasEnded(directory, job));
  return goesOn ? (job as Extract<Job, { action: Action }>) : null;
}
