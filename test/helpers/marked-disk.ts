/** A disk that somebody has left their bytes on, everywhere, and whether they can be found. */
import { open } from 'node:fs/promises';
import { ExecError, exec } from '../../src/lib/exec.ts';

const marker = Buffer.from('left by the tenant before');
const every = 512 * 1024;

/** Writes it at the disk's very beginning, at its end and at each half megabyte. */
export async function markDisk(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'a+');
  await file.truncate(bytes);
  await file.close();
  const disk = await open(path, 'r+');
  for (let at = 0; at < bytes; at += every) await disk.write(marker, 0, marker.length, at);
  await disk.write(marker, 0, marker.length, bytes - marker.length);
  await disk.close();
}

/** Looks through all of it, as nobody who has the machine can prevent. */
export async function hasMarks(path: string): Promise<boolean> {
  try {
    await exec('grep', ['-q', '-a', '-F', marker.toString(), path]);
    return true;
  } catch (error) {
    if (error instanceof ExecError && error.code === 1) return false;
    throw error;
  }
}
