import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { writeCapturedDisk } from '../../../../../src/lib/images/captured-disk.ts';
import { beginJob, followAgent } from '../agent-run.ts';
import { diskOf } from '../fits.ts';
import { type CaptureJob, readSent, type Sent } from '../jobs/capture-job.ts';
import { removeJob } from '../jobs/job.ts';
import type { Metal } from '../metal.ts';
import type { ReadDisk } from '../ways/way.ts';

/** Starts the machine from the network once, and has its agent read the disk. */
export async function readDisk(metal: Metal, work: string): Promise<ReadDisk> {
  const { directory, node, signal } = metal.context;
  const job = await beginJob<CaptureJob>(metal, { action: 'capture' });
  const { inventory: machine } = await followAgent(metal, job);
  const sent = await readSent(directory, job);
  const disk = machine && diskOf(machine);
  if (!sent || !machine || !disk)
    throw new ModuleError('failed', `${node.name}: its agent ended without having sent its disk`);
  await checkArrived(metal, sent);
  const file = join(work, 'raw');
  const { sectors } = await writeCapturedDisk({ ...sent, diskSectors: disk.sectors }, file, signal);
  await removeJob(directory, node.mac);
  return { file, sectors, machine };
}

/** The digest is made of what lies here: what an agent says that it sent is only compared with it. */
async function checkArrived(
  { context: { node, signal } }: Metal,
  { body, bytes, sha256 }: Sent,
): Promise<void> {
  const { size } = await stat(body).catch(() => ({ size: 0 }));
  if (size !== bytes)
    throw new ModuleError('failed', `${node.name}: ${size} of the ${bytes} bytes of its disk came`);
  if ((await fileDigest(body, signal)) !== sha256)
    throw new ModuleError(
      'failed',
      `${node.name}: what came of its disk is not what was read: its digest differs`,
    );
}
