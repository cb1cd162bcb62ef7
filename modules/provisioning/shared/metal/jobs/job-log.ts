/** What a job's machine was seen doing: lines of JSON that the image server writes and the module follows. */
import { appendFile, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { inventorySchema } from '../inventory.ts';
import { cleanedDiskSchema } from './cleaned-disks.ts';
import { type JobBase, jobLogFile } from './job-base.ts';

const reportSchema = z.object({
  at: z.number(),
  job: z.string(),
  /** One of every job's (job-phases.ts) or of its kind's. */
  phase: z.string(),
  /** 0..1 of the phase. */
  fraction: z.number().optional(),
  /** Of `failed`: which kind it is, and the sentence. */
  code: z.string().optional(),
  says: z.string().optional(),
  /** Of `agent`. */
  inventory: inventorySchema.optional(),
  /** Of `cleaning`, when it was over. */
  cleaned: z.array(cleanedDiskSchema).readonly().optional(),
});
export type Report = z.output<typeof reportSchema>;

type OfJob = Pick<JobBase, 'artefact' | 'id'>;

export async function appendReport(
  directory: string,
  { artefact, id }: OfJob,
  report: Omit<Report, 'at' | 'job'>,
): Promise<void> {
  const line = JSON.stringify({ at: Date.now(), job: id, ...report } satisfies Report);
  await appendFile(jobLogFile(directory, artefact), `${line}\n`, { mode: 0o600 });
}

/** Everything said of this job so far. */
export async function readReports(directory: string, { artefact, id }: OfJob): Promise<Report[]> {
  const text = await readFile(jobLogFile(directory, artefact), 'utf8').catch(() => '');
  // A line that is being written has no end yet.
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => {
    if (!line.includes(id)) return [];
    const report = reportSchema.safeParse(JSON.parse(line)).data;
    return report ? [report] : [];
  });
}

/** Its agent has done it, or said why it could not. */
export async function hasEnded(directory: string, job: OfJob): Promise<boolean> {
  return (await readReports(directory, job)).some(({ phase }) => phase === 'done' || phase === 'failed');
}
