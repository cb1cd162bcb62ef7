/** Writing an image to the machine's disk: in an order that leaves a disk that does not start until all of it was checked. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { sendFile } from '../../../../../src/lib/http-server.ts';
import { withSeedPartition } from '../../../../../src/lib/images/partition-table.ts';
import { sha256 } from '../../../../../src/lib/secrets.ts';
import { diskOf, whyUnfit } from '../fits.ts';
import { Refused } from '../image-server/refused.ts';
import type { Inventory } from '../inventory.ts';
import { streamManifestSchema } from '../stream.ts';
import { jobBase, jobFile } from './job-base.ts';
import { type Asked, defineJobKind, Unfit } from './job-kind.ts';

const schema = jobBase.extend({ action: z.literal('load'), stream: streamManifestSchema });
export type LoadJob = z.output<typeof schema>;

/** The seed's file system, which the job begins with. */
export function seedFile(directory: string, job: LoadJob): string {
  return jobFile(directory, job, 'seed');
}

export const loadJob = defineJobKind({
  schema,
  phases: {
    writing: {
      step: 'writing the disk',
      silence: 'stopped while its disk was being written; the disk does not start',
      phase: 'write',
    },
    sealing: {
      step: 'checking the disk',
      silence: 'stopped while its disk was being checked; the disk does not start',
      phase: 'seal',
    },
  },
  done: 'the disk is written',

  async orders(directory, job, machine) {
    const unfit = whyUnfit(job.stream, machine);
    if (unfit !== null) throw new Unfit(unfit);
    const disk = diskOf(machine);
    if (disk === null) throw new Unfit('it has no disk');
    return await ordersFor(directory, job, disk);
  },

  async serve(door, { directory, job, response, url }) {
    if (door === 'GET /agent/stream') await sendFile(response, job.stream.body);
    else if (door === 'GET /agent/end') await sendFile(response, jobFile(directory, job, 'end'));
    else if (door === 'GET /agent/head') await sendHead({ directory, job, response, url });
    else return false;
    return true;
  },
});

async function ordersFor(directory: string, job: LoadJob, { name, sectors }: Inventory['disks'][number]) {
  const { stream } = job;
  const disk = withSeedPartition(await readFile(stream.head), sectors, job.artefact);
  const end = await endOf(seedFile(directory, job), disk, sectors);
  await writeFileAtomic(jobFile(directory, job, 'head'), disk.head);
  await writeFileAtomic(jobFile(directory, job, 'end'), end);
  return {
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
}

/** From the seed's partition to the disk's last sector, or as far as there is something to write. */
async function endOf(
  seedOf: string,
  { seedSector, tail }: ReturnType<typeof withSeedPartition>,
  sectors: number,
): Promise<Buffer> {
  const seed = await readFile(seedOf);
  if (tail.length === 0) return seed;
  const end = Buffer.alloc((sectors - seedSector) * 512);
  seed.copy(end);
  tail.copy(end, end.length - tail.length);
  return end;
}

/** The first sectors make a disk start: only an agent that read the right stream has them. */
async function sendHead({ directory, job, response, url }: Omit<Asked<LoadJob>, 'request'>): Promise<void> {
  if (url.searchParams.get('sha256') !== job.stream.sha256) {
    throw new Refused(409, 'the stream that arrived is not the one that was sent');
  }
  await sendFile(response, jobFile(directory, job, 'head'));
}
