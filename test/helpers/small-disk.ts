/** A disk that is soon full: a small tmpfs. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  /** Takes all but so many bytes. */
  fill(left?: number): void;
  /** Gives them back. */
  free(): void;
  remove(): void;
}

/** Only root may mount; a test that needs it is skipped for others. */
export const mayMount = process.getuid?.() === 0;

/** Mounts a disk of so many megabytes at the folder. */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'small', folder]);
  const filler = join(folder, '.filler');
  return {
    fill(left = 0) {
      const { bavail, bsize } = statfsSync(folder);
      appendFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - left)));
    },
    free: () => rmSync(filler, { force: true }),
    remove: () => void execFileSync('umount', ['-l', folder]),
  };
}
