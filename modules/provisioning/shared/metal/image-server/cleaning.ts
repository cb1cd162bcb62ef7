/** What an agent says of the disks that it cleaned: until all is well with them its machine is handed nothing. */
import { readText, sendText } from '../../../../../src/lib/http-server.ts';
import { readCleaned, whyUnclean } from '../jobs/cleaned-disks.ts';
import type { Asked } from '../jobs/job-kind.ts';
import { appendReport, readReports } from '../jobs/job-log.ts';
import type { Job } from '../jobs/kinds.ts';
import { Refused } from './refused.ts';

const mostText = 64 * 1024;

/** True for a job without cleaning, and once it was said of each disk that it is clean. */
export async function isClean(directory: string, job: Job): Promise<boolean> {
  if (!job.clean) return true;
  const said = (await readReports(directory, job)).findLast(({ cleaned }) => cleaned)?.cleaned;
  return said !== undefined && whyUnclean(said) === null;
}

/** What came of each disk. Where one is not clean the job has failed (409). */
export async function takeCleaned({ directory, job, request, response }: Asked<Job>): Promise<void> {
  const said = await readText(request, mostText);
  const reports = await readReports(directory, job);
  const inventory = reports.findLast((report) => report.inventory)?.inventory ?? { disks: [] };
  const disks = readCleaned(said, inventory);
  const unclean = whyUnclean(disks);
  await appendReport(directory, job, { phase: 'cleaning', fraction: 1, cleaned: disks });
  if (unclean !== null) {
    await appendReport(directory, job, { phase: 'failed', code: 'unclean', says: unclean });
    throw new Refused(409, unclean);
  }
  sendText(response, 200, 'ok\n');
}
