import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../../../src/lib/exec.ts';
import { sectorBytes } from '../../../../../src/lib/images/disk-sectors.ts';
import type { Metal } from '../metal.ts';
import type { ReadDisk } from '../ways/way.ts';
import { withScratchGuest } from './scratch-guest.ts';

/** An image that nobody knows of yet. */
export interface NewImage {
  /** qcow2, in the folder of the capture. */
  readonly file: string;
  readonly virtualBytes: number;
}

const longest = 6 * 3600 * 1000;

/** Cleans what was read on one scratch guest, and proves on another that what came of it starts as somebody new. */
export async function makeImage({ context }: Metal, read: ReadDisk, work: string): Promise<NewImage> {
  const { signal, progress } = context;
  const { machine } = read;

  progress('cleaning the copy');
  const file = join(work, 'image.qcow2');
  const copy = { file: read.file, format: 'raw' as const };
  await withScratchGuest({ context, machine, work, disk: copy, called: 'copy' }, async (guest) => {
    await guest.os.pre_capture();
    await guest.os.shutdown();
    await guest.off();
    const formats = ['-f', 'qcow2', '-O', 'qcow2'];
    await exec('qemu-img', ['convert', ...formats, guest.layer, file], { signal, timeoutMs: longest });
  });
  await rm(read.file);

  progress('trying the image');
  const image = { file, format: 'qcow2' as const };
  await withScratchGuest({ context, machine, work, disk: image, called: 'image' }, () => Promise.resolve());
  return { file, virtualBytes: read.sectors * sectorBytes };
}
