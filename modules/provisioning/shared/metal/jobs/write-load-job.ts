import { makeSeed } from '../../../../../src/lib/images/make-seed.ts';
import type { SeedFiles } from '../../../../../src/lib/images/seed.ts';
import { writeJob } from './job.ts';
import { type LoadJob, seedFile } from './load-job.ts';

/** What a machine is to have on its disk, and as whom it is to start. */
export type LoadWanted = Omit<LoadJob, 'id' | 'action'> & { readonly seed: SeedFiles };

export async function writeLoadJob(directory: string, { seed, ...wanted }: LoadWanted): Promise<LoadJob> {
  return await writeJob<LoadJob>(
    directory,
    { ...wanted, action: 'load' },
    async (job) => await makeSeed(seedFile(directory, job), seed),
  );
}
