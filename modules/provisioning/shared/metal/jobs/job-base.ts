/** What every job has, whatever is to be done, and where what belongs to it is kept. */
import { join } from 'node:path';
import { z } from 'zod';
import { metalFiles } from '../metal-files.ts';

/** `metadata`: every block reads as zeros. `secure`: by the disk's own erasure, else overwritten. */
export const cleanings = ['metadata', 'secure'] as const;

export const jobBase = z.object({
  /** Drawn for each: a job that is tried again is another one, whose predecessor's token opens nothing. */
  id: z.string(),
  /** `<installation>-n<node>-l<load>`. */
  artefact: z.string(),
  /** The node's name, for sentences. */
  node: z.string(),
  /** Lower case, with colons. */
  mac: z.string(),
  /** Epoch milliseconds after which it is none any more. */
  expiresAt: z.number(),
  /** The machine's disks are cleaned before anything else is done: how. Absent: they need not be. */
  clean: z.enum(cleanings).nullish(),
});
export type JobBase = z.output<typeof jobBase>;

/** A file of the job's own: it may hold secrets, and goes with the job. */
export function jobFile(directory: string, job: Pick<JobBase, 'artefact' | 'id'>, name: string): string {
  return join(metalFiles(directory).jobs, `${jobFilePrefix(job)}${name}`);
}

export function jobFilePrefix({ artefact, id }: Pick<JobBase, 'artefact' | 'id'>): string {
  return `${artefact}.${id}.`;
}

/** What was said of all jobs of a load; it stays after them. */
export function jobLogFile(directory: string, artefact: string): string {
  return join(metalFiles(directory).jobs, `${artefact}.log.jsonl`);
}
