/**
 * What a machine is to do when it next starts from the network: a file named after its MAC address, written by the module
 * and only read by the image server. Without one a machine starts its own disk: none is ever wiped by accident.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { macAddress, macFileName, metalFiles } from '../metal-files.ts';
import { readJson } from '../read-json.ts';
import { jobFilePrefix, jobLogFile } from './job-base.ts';
import { type Job, jobSchema } from './kinds.ts';

/**
 * Replaces whatever this machine was to do; `prepare` makes the files of its own that it begins with. The machine has to be
 * off: one that runs keeps the token it has until then.
 */
export async function writeJob<Wanted extends Job>(
  directory: string,
  wanted: Omit<Wanted, 'id'>,
  prepare: (job: Wanted) => Promise<void> = () => Promise.resolve(),
): Promise<Wanted> {
  await mkdir(metalFiles(directory).jobs, { recursive: true, mode: 0o700 });
  const job = { ...wanted, id: randomUUID() } as Wanted;
  await removeJob(directory, job.mac);
  await prepare(job);
  await writeFileAtomic(fileOf(directory, job.mac), `${JSON.stringify(job)}\n`);
  return job;
}

/** From here on the machine starts its own disk. What its agent said is kept. `only`: a job of that kind alone. */
export async function removeJob(directory: string, mac: string, only?: Job['action']): Promise<void> {
  const job = await readJob(directory, mac);
  if (only && job?.action !== only) return;
  await rm(fileOf(directory, mac), { force: true });
  if (job === null) return;
  const { jobs } = metalFiles(directory);
  const files = (await readdir(jobs)).filter((name) => name.startsWith(jobFilePrefix(job)));
  for (const name of files) await rm(join(jobs, name), { force: true });
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
  return await readJson(fileOf(directory, mac), jobSchema);
}

function fileOf(directory: string, mac: string): string {
  return join(metalFiles(directory).jobs, `${macFileName(mac)}.json`);
}
