/**
 * A job's token: drawn when its machine first asks for a boot script, known to nobody but that machine, taken by one agent,
 * and good for nothing once the job is done. Kept in a file, so that it outlives the image server.
 */
import { timingSafeEqual } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { createQueue } from '../../../../../src/lib/queue.ts';
import { randomToken, sha256 } from '../../../../../src/lib/secrets.ts';
import { type JobBase, jobFile } from '../jobs/job-base.ts';
import { readJson } from '../read-json.ts';

const recordSchema = z.object({
  sha256: z.string(),
  /** `drawn`: in a boot script; `taken`: an agent showed it; `done`: it opens nothing any more. */
  state: z.enum(['drawn', 'taken', 'done']),
});
type State = z.output<typeof recordSchema>['state'];

/** Drawn, taken and used up one after the other: nobody takes a token twice. */
const inTurn = createQueue(1);

/**
 * A new token, in place of one that no agent took; null once one did: the machine has had its start, unless its job is done
 * at each (`again`).
 */
export async function drawToken(directory: string, job: JobBase, again: boolean): Promise<string | null> {
  return await inTurn(async () => {
    const record = await read(directory, job);
    if (record !== null && record.state !== 'drawn' && !again) return null;
    const token = randomToken();
    await write(directory, job, { sha256: sha256(token), state: 'drawn' });
    return token;
  });
}

/** Its machine is about to be started, by us: whatever was drawn before opens nothing, and a new one may be. */
export async function forgetToken(directory: string, job: JobBase): Promise<void> {
  await rm(jobFile(directory, job, 'token'), { force: true });
}

/** A boot script with the job's token was given, and no agent has shown it yet. */
export async function awaitsAgent(directory: string, job: JobBase): Promise<boolean> {
  return (await read(directory, job))?.state === 'drawn';
}

/** What the token is good for; null when it is another's, or used up. */
export async function tokenState(
  directory: string,
  job: JobBase,
  token: string,
): Promise<Exclude<State, 'done'> | null> {
  const record = await read(directory, job);
  if (record === null || record.state === 'done') return null;
  const same = timingSafeEqual(Buffer.from(sha256(token)), Buffer.from(record.sha256));
  return same ? record.state : null;
}

/** Moves a token that was just found good on; false when somebody was faster. */
export async function advanceToken(
  directory: string,
  job: JobBase,
  from: State,
  to: State,
): Promise<boolean> {
  return await inTurn(async () => {
    const record = await read(directory, job);
    if (record?.state !== from) return false;
    await write(directory, job, { ...record, state: to });
    return true;
  });
}

async function read(directory: string, job: JobBase) {
  return await readJson(jobFile(directory, job, 'token'), recordSchema);
}

async function write(directory: string, job: JobBase, record: z.output<typeof recordSchema>): Promise<void> {
  await writeFileAtomic(jobFile(directory, job, 'token'), JSON.stringify(record));
}
