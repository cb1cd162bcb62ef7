/** An agent called: judges its machine, and makes what its disk is to end and begin with. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { withSeedPartition } from '../../../../../src/lib/images/partition-table.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import { diskOf, whyUnfit } from '../fits.ts';
import { type Inventory, parseInventory } from '../inventory.ts';
import { type Job, jobFiles } from '../job.ts';
import { appendReport } from '../job-log.ts';
import { Refused } from './caller.ts';

/**
 * What the agent is to do, as lines that its shell reads. Refused (409) when the image does not fit the machine: that is
 * told to the job, and nothing is written.
 */
export async function takeJob(directory: string, job: Job, said: string): Promise<string> {
  const inventory = parseInventory(said);
  const disk = diskOf(inventory);
  const unfit = whyUnfit(job.stream, inventory);
  await appendReport(directory, job, { phase: 'agent', inventory });
  if (unfit !== null || disk === null) {
    const says = unfit ?? 'it has no disk';
    await appendReport(directory, job, { phase: 'failed', code: 'unfit', says });
    throw new Refused(409, says);
  }
  return await orders(directory, job, disk);
}

async function orders(
  directory: string,
  job: Job,
  { name, sectors }: Inventory['disks'][number],
): Promise<string> {
  const { stream } = job;
  const disk = withSeedPartition(await readFile(stream.head), sectors, job.artefact);
  const end = await endOf(job, disk, sectors);
  const files = jobFiles(directory, job);
  await writeFileAtomic(files.head, disk.head);
  await writeFileAtomic(files.end, end);
  const lines = {
    DISK: name,
    SECTORS: sectors,
    IMAGE_BYTES: stream.virtualBytes,
    EXTENTS: stream.extents.map((extent) => extent.join(' ')).join('\n'),
    STREAM_BYTES: stream.bytes,
    STREAM_SHA256: stream.sha256,
    END_MEGABYTE: disk.seedSector / 2048,
    END_SHA256: sha256(end),
    HEAD_SHA256: sha256(disk.head),
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}='${value}'\n`)
    .join('');
}

/** From the seed's partition to the disk's last sector, or as far as there is something to write. */
async function endOf(
  job: Job,
  { seedSector, tail }: ReturnType<typeof withSeedPartition>,
  sectors: number,
): Promise<Buffer> {
  const seed = await readFile(job.seed);
  if (tail.length === 0) return seed;
  const end = Buffer.alloc((sectors - seedSector) * 512);
  seed.copy(end);
  tail.copy(end, end.length - tail.length);
  return end;
}
