/** The agent's doors, each for the holder of its job's token alone. */
import {
  type HttpRequest,
  type HttpResponse,
  readText,
  sendFile,
  sendText,
} from '../../../../../src/lib/http-server.ts';
import { type Job, jobFiles } from '../job.ts';
import { appendReport } from '../job-log.ts';
import { type Caller, jobOfToken, Refused, usedUp } from './caller.ts';
import { takeJob } from './take-job.ts';
import { advanceToken } from './tokens.ts';

interface Asked {
  readonly directory: string;
  readonly job: Job;
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly url: URL;
}

type Door = (asked: Asked) => Promise<void>;

const mostText = 64 * 1024;

const doors: Readonly<Record<string, Door>> = {
  'POST /agent/progress': progress,
  'GET /agent/stream': async ({ job, response }) => await sendFile(response, job.stream.body),
  'GET /agent/end': async ({ directory, job, response }) =>
    await sendFile(response, jobFiles(directory, job).end),
  'GET /agent/head': head,
  'POST /agent/done': done,
};

/** False when there is no such door. */
export async function serveAgent(
  directory: string,
  caller: Caller,
  request: HttpRequest,
  response: HttpResponse,
): Promise<boolean> {
  const name = `${request.method} ${caller.url.pathname}`;
  const asked = { directory, request, response, url: caller.url };
  if (name === 'POST /agent/job') {
    await take({ ...asked, job: await jobOfToken(directory, request, caller, 'drawn') });
    return true;
  }
  const door = doors[name];
  if (door) await door({ ...asked, job: await jobOfToken(directory, request, caller, 'taken') });
  return door !== undefined;
}

/** A token is taken once: whoever shows it again is somebody else. */
async function take({ directory, job, request, response }: Asked): Promise<void> {
  const said = await readText(request, mostText);
  if (!(await advanceToken(directory, job, 'drawn', 'taken'))) throw new Refused(403, usedUp);
  sendText(response, 200, await takeJob(directory, job, said));
}

/** `writing BYTES`, `sealing` or `failed CODE SENTENCE`. */
async function progress({ directory, job, request, response }: Asked): Promise<void> {
  const said = (await readText(request, mostText)).replaceAll(/[^\x20-\x7e]/g, ' ').trim();
  const [phase, detail = '', ...rest] = said.split(' ');
  if (phase === 'writing') {
    const fraction = Math.min(1, Number(detail) / job.stream.bytes) || 0;
    await appendReport(directory, job, { phase, fraction });
  } else if (phase === 'sealing') {
    await appendReport(directory, job, { phase });
  } else if (phase === 'failed') {
    await appendReport(directory, job, { phase, code: detail, says: rest.join(' ').slice(0, 500) });
  } else throw new Refused(400, 'progress is writing, sealing or failed');
  sendText(response, 200, 'ok\n');
}

/** The first sectors make a disk start: only an agent that read the right stream has them. */
async function head({ directory, job, response, url }: Asked): Promise<void> {
  if (url.searchParams.get('sha256') !== job.stream.sha256) {
    throw new Refused(409, 'the stream that arrived is not the one that was sent');
  }
  await sendFile(response, jobFiles(directory, job).head);
}

async function done({ directory, job, response }: Asked): Promise<void> {
  if (!(await advanceToken(directory, job, 'taken', 'done'))) throw new Refused(403, usedUp);
  await appendReport(directory, job, { phase: 'done' });
  sendText(response, 200, 'ok\n');
}
