/** The agent's doors, each for the holder of its job's token alone. */
import {
  type HttpRequest,
  type HttpResponse,
  readText,
  sendText,
} from '../../../../../src/lib/http-server.ts';
import type { Asked } from '../jobs/job-kind.ts';
import { appendReport } from '../jobs/job-log.ts';
import { type Job, kindOf } from '../jobs/kinds.ts';
import { addressOf, type Caller, jobOfToken, usedUp } from './caller.ts';
import { isClean, takeCleaned } from './cleaning.ts';
import { Refused } from './refused.ts';
import { takeJob } from './take-job.ts';
import { finishToken, type TokenState, takeToken } from './tokens.ts';

const mostText = 64 * 1024;

/** Where a token is still, or already, good when what it opened may be asked for again: the answer may have been lost. */
const states: Readonly<Record<string, readonly TokenState[]>> = {
  'POST /agent/job': ['drawn', 'taken'],
  'POST /agent/done': ['taken', 'done'],
};

/** False when there is no such door. */
export async function serveAgent(
  directory: string,
  caller: Caller,
  request: HttpRequest,
  response: HttpResponse,
): Promise<boolean> {
  const { url } = caller;
  const door = `${request.method} ${url.pathname}`;
  if (!url.pathname.startsWith('/agent/')) return false;
  const job = await jobOfToken(directory, request, caller, states[door] ?? ['taken']);
  const asked = { directory, job, request, response, url };
  if (door === 'POST /agent/job') await take(asked);
  else if (door === 'POST /agent/progress') await progress(asked);
  else if (door === 'POST /agent/cleaned') await takeCleaned(asked);
  // Nothing is handed to a machine that somebody's bytes may still lie on.
  else if (!(await isClean(directory, job))) throw new Refused(409, 'its disks were not cleaned');
  else if (door === 'POST /agent/done') await done(asked);
  else return await kindOf(job).serve(door, asked);
  return true;
}

/** A token is taken by one agent. */
async function take({ directory, job, request, response, url }: Asked<Job>): Promise<void> {
  const said = await readText(request, mostText);
  if (!(await takeToken(directory, job, url.searchParams.get('agent') || null)))
    throw new Refused(403, usedUp);
  sendText(response, 200, await takeJob(directory, job, said, addressOf(request)));
}

/** `PHASE`, `PHASE PER_MILLE` or `failed CODE SENTENCE`. */
async function progress({ directory, job, request, response }: Asked<Job>): Promise<void> {
  const said = (await readText(request, mostText)).replaceAll(/[^\x20-\x7e]/g, ' ').trim();
  const [phase = '', detail = '', ...rest] = said.split(' ');
  if (phase === 'failed') {
    await appendReport(directory, job, { phase, code: detail, says: rest.join(' ').slice(0, 500) });
  } else if (phase === 'cleaning' || Object.hasOwn(kindOf(job).phases, phase)) {
    const fraction = Math.min(1, Number(detail) / 1000) || 0;
    await appendReport(directory, job, detail === '' ? { phase } : { phase, fraction });
  } else throw new Refused(400, `progress is failed or one of ${Object.keys(kindOf(job).phases).join(', ')}`);
  sendText(response, 200, 'ok\n');
}

async function done({ directory, job, response }: Asked<Job>): Promise<void> {
  if (await finishToken(directory, job)) await appendReport(directory, job, { phase: 'done' });
  sendText(response, 200, 'ok\n');
}
