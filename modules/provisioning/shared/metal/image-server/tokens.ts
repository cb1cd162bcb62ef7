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
  /** What the agent that took it calls itself; absent where it said nothing. */
  agent: z.string().optional(),
});
export type TokenState = z.output<typeof recordSchema>['state'];

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

/** How far the token is; null when it is another's. */
export async function tokenState(directory: string, job: JobBase, token: string): Promise<TokenState | null> {
  const record = await read(directory, job);
  if (record === null) return null;
  const same = timingSafeEqual(Buffer.from(sha256(token)), Buffer.from(record.sha256));
  return same ? record.state : null;
}

/**
 * True when this agent has the token now. Whoever took it may take it again, since the answer may have been lost: it calls
 * itself the same, which nobody else knows. False for any other.
 */
export async function takeToken(directory: string, job: JobBase, agent: string | null): Promise<boolean> {
  return await inTurn(async () => {
    const record = await read(directory, job);
    if (record?.state === 'taken') return agent !== null && record.agent === agent;
    if (record?.state !== 'drawn') return false;
    await write(directory, job, { ...record, state: 'taken', ...(agent === null ? {} : { agent }) });
    return true;
  });
}

/** A token that was taken opens nothing from now on. False when that was so before. */
export async function finishToken(directory: string, job: JobBase): Promise<boolean> {
  return await inTurn(async () => {
    const record = await read(directory, job);
    if (record?.state !== 'taken') return false;
    await write(directory, job, { ...record, state: 'done' });
    return true;
  });
}

async function read(directory: string, job: JobBase) {
  return await readJson(jobFile(directory, job, 'token'), recordSchema);
}

async function write(directory: string, job: JobBase, record: z.output<typeof recordSchema>): Promise<void> {
  await writeFileAtomic(jobFile(directory, job, 'token'), JSON.stringify(record));
}
