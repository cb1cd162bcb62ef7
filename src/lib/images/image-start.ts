/** What an image needs of a machine of its own, as far as its first sectors tell: known before any machine is touched. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StartFacts } from '../../domain/contracts/facts.ts';
import { ExecError, type ExecOptions } from '../exec.ts';
import { headBytes, sectorBytes } from './disk-sectors.ts';
import { copyPart, type DiskImage } from './disk-stream.ts';
import { ImageRefused } from './image-refused.ts';
import { readDiskStart } from './partition-table.ts';

/** Empty where no machine of its own could start it, or where that cannot be told. */
export async function readImageStart(
  image: DiskImage & { readonly virtualBytes: number },
  options: ExecOptions = {},
): Promise<StartFacts> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-start-'));
  try {
    const head = join(folder, 'head');
    await copyPart(image, { offset: 0, size: headBytes }, head, options);
    const start = readDiskStart(await readFile(head), Math.ceil(image.virtualBytes / sectorBytes));
    const startsBy = [...(start.bios ? ['bios' as const] : []), ...(start.uefi ? ['uefi' as const] : [])];
    return { startsBy, ownDiskMb: Math.ceil((start.leastSectors * sectorBytes) / 1024 ** 2) };
  } catch (error) {
    if (error instanceof ImageRefused || error instanceof ExecError) return {};
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
