/** An agent called: what it is to do, when its machine can. */
import { type Inventory, parseInventory } from '../inventory.ts';
import { Unfit } from '../jobs/job-kind.ts';
import { appendReport } from '../jobs/job-log.ts';
import { type Job, kindOf } from '../jobs/kinds.ts';
import { isClean } from './cleaning.ts';
import { Refused } from './refused.ts';

/**
 * What the agent is to do, as lines that its shell reads. Refused (409) when the machine is not fit for it: that is told to
 * the job, and nothing is written.
 */
export async function takeJob(
  directory: string,
  job: Job,
  said: string,
  from: string | null,
): Promise<string> {
  const inventory = parseInventory(said);
  await appendReport(directory, job, { phase: 'agent', inventory });
  const orders = await ordersFor(directory, job, inventory, from);
  // A machine that starts by the same job once more has had it done.
  const clean = (await isClean(directory, job)) ? '' : (job.clean ?? '');
  return Object.entries({ ACTION: job.action, CLEAN: clean, ...orders })
    .map(([name, value]) => `${name}='${value}'\n`)
    .join('');
}

async function ordersFor(directory: string, job: Job, inventory: Inventory, from: string | null) {
  try {
    return await kindOf(job).orders(directory, job, inventory, from);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    await appendReport(directory, job, { phase: 'failed', code: 'unfit', says: error.message });
    throw new Refused(409, error.message);
  }
}
