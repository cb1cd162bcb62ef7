import { join } from 'node:path';
import type { Firmware } from '../../../../../src/domain/contracts/facts.ts';
import { revisionName } from '../../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { exec } from '../../../../../src/lib/exec.ts';
import { endAsImage } from '../../../../../src/lib/images/captured-disk.ts';
import { readImageStart } from '../../../../../src/lib/images/image-start.ts';
import { readImageFile } from '../../image-file.ts';
import { wantedRevision } from '../../wanted-revision.ts';
import { inventorySchema } from '../inventory.ts';
import { loadFolder } from '../load-record.ts';
import { type Metal, metalFormats } from '../metal.ts';
import { stopExports } from '../netroot/exports.ts';
import { overlayFile } from '../netroot/overlay.ts';
import type { ReadDisk } from '../ways/way.ts';

const longest = 6 * 3600 * 1000;

/** The disk of a machine that is served from here: its overlay and what it lies on become one file. */
export async function flattenOverlay(metal: Metal, work: string): Promise<ReadDisk> {
  const { context, hardware } = metal;
  const { signal, progress } = context;
  progress('saving the disk');
  const folder = loadFolder(context);
  await stopExports(folder);
  const file = join(work, 'raw');
  const formats = ['-f', 'qcow2', '-O', 'raw'];
  await exec('qemu-img', ['convert', ...formats, overlayFile(folder), file], { signal, timeoutMs: longest });
  const { sectors } = await endAsImage(file);
  const { disks = [], nics = [] } = inventorySchema.safeParse(hardware.inventory).data ?? {};
  return { file, sectors, machine: { firmware: await startedBy(metal), disks, nics } };
}

/** Its machine runs our kernel, whatever its own firmware: what boot loaders the image has is all that counts elsewhere. */
export async function startedBy({ context, hardware: { firmware } }: Metal): Promise<Firmware> {
  const revision = wantedRevision(context, metalFormats);
  const { signal } = context;
  const { startsBy = [] } = await readImageStart(await readImageFile(revision), { signal });
  const found = startsBy.includes(firmware) ? firmware : startsBy[0];
  if (found) return found;
  throw new ModuleError(
    'unsupported',
    `${revisionName(revision)} has no boot loader: it runs from this computer alone, and an image of it could not be tried`,
  );
}
