/** Every kind of job, by the action that the agent has a script for. */
import { z } from 'zod';
import { captureJob } from './capture-job.ts';
import { cleanJob } from './clean-job.ts';
import { inspectJob } from './inspect-job.ts';
import type { JobBase } from './job-base.ts';
import type { JobKind } from './job-kind.ts';
import { loadJob } from './load-job.ts';
import { netrootJob } from './netroot-job.ts';

const kinds = {
  capture: captureJob,
  load: loadJob,
  clean: cleanJob,
  inspect: inspectJob,
  netroot: netrootJob,
} as const;

export const jobSchema = z.discriminatedUnion('action', [
  captureJob.schema,
  loadJob.schema,
  cleanJob.schema,
  inspectJob.schema,
  netrootJob.schema,
]);
export type Job = z.output<typeof jobSchema>;

export function kindOf({ action }: Pick<Job, 'action'>): JobKind<z.ZodType<JobBase>> {
  return kinds[action];
}
