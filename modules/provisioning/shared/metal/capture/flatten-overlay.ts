import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../../../src/lib/exec.ts';
import { sectorBytes } from '../../../../../src/lib/images/disk-sectors.ts';
import { inventorySchema } from '../inventory.ts';
import { loadFolder } from '../load-record.ts';
import type { Metal } from '../metal.ts';
import { stopExports } from '../netroot/exports.ts';
import { overlayFile } from '../netroot/overlay.ts';
import type { ReadDisk } from '../ways/way.ts';

const longest = 6 * 3600 * 1000;

/** The disk of a machine that is served from here: its overlay and what it lies on become one file. */
export async function flattenOverlay({ context, hardware }: Metal, work: string): Promise<ReadDisk> {
  const { signal, progress } = context;
  progress('saving the disk');
  const folder = loadFolder(context);
  await stopExports(folder);
  const file = join(work, 'raw');
  const formats = ['-f', 'qcow2', '-O', 'raw'];
  await exec('qemu-img', ['convert', ...formats, overlayFile(folder), file], { signal, timeoutMs: longest });
  const found = inventorySchema.safeParse(hardware.inventory).data;
  const unknown = { firmware: hardware.firmware, disks: [], nics: [] };
  return { file, sectors: (await stat(file)).size / sectorBytes, machine: found ?? unknown };
}
