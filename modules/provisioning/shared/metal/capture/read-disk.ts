import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { type CapturedStream, writeCapturedDisk } from '../../../../../src/lib/images/captured-disk.ts';
import { followAgent, jobOf, startAgent } from '../agent-run.ts';
import { diskOf } from '../fits.ts';
import type { Inventory } from '../inventory.ts';
import { type CaptureJob, readSent } from '../jobs/capture-job.ts';
import { removeJob, writeJob } from '../jobs/job.ts';
import type { Metal } from '../metal.ts';
import { serveImages } from '../serve-images.ts';
import type { ReadDisk } from '../ways/way.ts';

/** Starts the machine from the network once, and has its agent read the disk. */
export async function readDisk(metal: Metal, work: string): Promise<ReadDisk> {
  const { context, hardware } = metal;
  const { directory, node } = context;
  await serveImages(context);
  const job = await writeJob<CaptureJob>(directory, { ...jobOf(metal), action: 'capture' }, () =>
    Promise.resolve(),
  );
  await startAgent(metal);
  const { inventory } = await followAgent(metal, job);
  const machine = inventory ?? { firmware: hardware.firmware, disks: [], nics: [] };
  const came = await whatCame(context, job, inventory);
  const file = join(work, 'raw');
  const { sectors } = await writeCapturedDisk(came, file, context.signal);
  await removeJob(directory, node.mac);
  return { file, sectors, machine };
}

/** The digest is made of what lies here: what an agent says that it sent is only compared with it. */
async function whatCame(
  { directory, node, signal }: Metal['context'],
  job: CaptureJob,
  machine: Inventory | null,
): Promise<CapturedStream> {
  const sent = await readSent(directory, job);
  const disk = machine && diskOf(machine);
  if (!sent || !disk)
    throw new ModuleError('failed', `${node.name}: its agent ended without having sent its disk`);
  const { size } = await stat(sent.body).catch(() => ({ size: 0 }));
  if (size !== sent.bytes)
    throw new ModuleError('failed', `${node.name}: ${size} of the ${sent.bytes} bytes of its disk came`);
  if ((await fileDigest(sent.body, signal)) !== sent.sha256)
    throw new ModuleError(
      'failed',
      `${node.name}: what came of its disk is not what was read: its digest differs`,
    );
  return { body: sent.body, extents: sent.extents, diskSectors: disk.sectors };
}
