/** Cleaning a machine's disks, and nothing else: every job may begin with that (`clean`), so this one has nothing left to do. */
import { z } from 'zod';
import { cleanings, jobBase } from './job-base.ts';
import { defineJobKind } from './job-kind.ts';

const schema = jobBase.extend({ action: z.literal('clean'), clean: z.enum(cleanings) });
export type CleanJob = z.output<typeof schema>;

export const cleanJob = defineJobKind({
  schema,
  phases: {},
  done: 'the disks are clean',
  orders: () => Promise.resolve({}),
  serve: () => Promise.resolve(false),
});
