import { makeSeed } from '../../../../../src/lib/images/make-seed.ts';
import type { SeedFiles } from '../../../../../src/lib/images/seed.ts';
import { writeJob } from './job.ts';
import { type NetrootJob, netrootSeed } from './netroot-job.ts';

/** What lies under a machine's disk, and as whom it is to start. */
type NetrootWanted = Omit<NetrootJob, 'id' | 'action'> & { readonly seed: SeedFiles };

export async function writeNetrootJob(
  directory: string,
  { seed, ...wanted }: NetrootWanted,
): Promise<NetrootJob> {
  return await writeJob<NetrootJob>(
    directory,
    { ...wanted, action: 'netroot' },
    async (job) => await makeSeed(netrootSeed(directory, job), seed),
  );
}
