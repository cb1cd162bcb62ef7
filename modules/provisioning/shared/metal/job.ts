/**
 * What a machine is to do when it next starts from the network: a file named after its MAC address, written by the module
 * and only read by the image server. Without one a machine starts its own disk: none is ever wiped by accident.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../src/lib/atomic-file.ts';
import { makeSeed } from '../../../../src/lib/images/make-seed.ts';
import type { SeedFiles } from '../../../../src/lib/images/seed.ts';
import { macAddress, macFileName, metalFiles } from './metal-files.ts';
import { readJson } from './read-json.ts';
import { type StreamManifest, streamManifestSchema } from './stream.ts';

const jobSchema = z.object({
  /** Drawn for each: a load that is tried again is another job, whose predecessor's token opens nothing. */
  id: z.string(),
  /** `<installation>-n<node>-l<load>`. */
  artefact: z.string(),
  /** The node's name, for sentences. */
  node: z.string(),
  mac: z.string(),
  action: z.literal('load'),
  /** Epoch milliseconds after which it is none any more. */
  expiresAt: z.number(),
  stream: streamManifestSchema,
  /** The seed's file system. */
  seed: z.string(),
});
export type Job = z.output<typeof jobSchema>;

export interface JobWanted {
  readonly artefact: string;
  readonly node: string;
  /** Lower case, with colons. */
  readonly mac: string;
  readonly expiresAt: number;
  readonly stream: StreamManifest;
  readonly seed: SeedFiles;
}

/** Replaces whatever this machine was to do. It has to be off: one that runs keeps the token it has until then. */
export async function writeJob(directory: string, { seed, ...wanted }: JobWanted): Promise<Job> {
  const { jobs } = metalFiles(directory);
  await mkdir(jobs, { recursive: true, mode: 0o700 });
  await removeJob(directory, wanted.mac);
  const job: Job = {
    ...wanted,
    id: randomUUID(),
    action: 'load',
    seed: join(jobs, `${wanted.artefact}.seed`),
  };
  await makeSeed(job.seed, seed);
  await writeFileAtomic(jobFile(directory, job.mac), `${JSON.stringify(job)}\n`);
  return job;
}

/** From here on the machine starts its own disk. What its agent said is kept. */
export async function removeJob(directory: string, mac: string): Promise<void> {
  const job = await readJob(directory, mac);
  await rm(jobFile(directory, mac), { force: true });
  if (job === null) return;
  for (const file of [job.seed, ...Object.values(jobFiles(directory, job))]) await rm(file, { force: true });
}

/** The same for whichever machine this load was for, with what its agent said. */
export async function removeJobOf(directory: string, artefact: string): Promise<void> {
  for (const name of await readdir(metalFiles(directory).jobs).catch(() => [])) {
    const mac = macAddress(name.replace(/\.json$/, ''));
    if (mac !== null && (await readJob(directory, mac))?.artefact === artefact)
      await removeJob(directory, mac);
  }
  await rm(jobLogFile(directory, artefact), { force: true });
}

/** Null when there is none. */
export async function readJob(directory: string, mac: string): Promise<Job | null> {
  return await readJson(jobFile(directory, mac), jobSchema);
}

/** What the image server keeps of a job, and its agent fetches; they hold secrets and go with the job. */
export function jobFiles(directory: string, { artefact, id }: Pick<Job, 'artefact' | 'id'>) {
  const file = (kind: string) => join(metalFiles(directory).jobs, `${artefact}.${id}.${kind}`);
  return { token: file('token'), head: file('head'), end: file('end') };
}

/** What was said of all jobs of a load; it stays after them. */
export function jobLogFile(directory: string, artefact: string): string {
  return join(metalFiles(directory).jobs, `${artefact}.log.jsonl`);
}

function jobFile(directory: string, mac: string): string {
  return join(metalFiles(directory).jobs, `${macFileName(mac)}.json`);
}
