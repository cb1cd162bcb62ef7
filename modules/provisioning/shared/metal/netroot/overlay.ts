import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from '../../../../../src/lib/exec.ts';
import type { ImageFile } from '../../image-file.ts';

/** What a load's machine writes: on top of the image, which it leaves as it is. */
export function overlayFile(folder: string): string {
  return join(folder, 'overlay.qcow2');
}

/** Makes an empty one of so many bytes in the load's folder. */
export async function makeOverlay(
  folder: string,
  { file, format }: ImageFile,
  bytes: number,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const backing = ['-b', file, '-F', format];
  const overlay = [overlayFile(folder), String(bytes)];
  await exec('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, ...overlay], { signal });
}
