import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from './data-directory.ts';

export interface FileLock {
  release(): void;
}

/**
 * Takes the exclusive lock of a daemon's name in a data directory, or throws DataDirectoryError when another process has it.
 */
export function acquireDaemonLock(dataDirectory: string, name: string): FileLock {
  return lockFile(join(dataDirectory, `daemon-${name}.lock`), (holder) => {
    return `A daemon "${name}" runs on ${dataDirectory} already (process ${holder}). Stop it, or start this one under another name.`;
  });
}

/** Only one process at a time adds images to a data directory. Throws DataDirectoryError when another one does. */
export function acquireImageLock(images: string): FileLock {
  return lockFile(join(images, 'images.lock'), (holder) => {
    return `Another image is being built or imported (process ${holder}). Wait until it is done.`;
  });
}

/**
 * Node cannot lock files, but a lock of flock(2) belongs to the open file, not to who asked for it: the command `flock` is
 * handed our descriptor and leaves the lock on it. The kernel releases it when this process is gone, however it went; no
 * child has the descriptor, because Node opens files with O_CLOEXEC.
 */
function lockFile(file: string, taken: (holder: string) => string): FileLock {
  const descriptor = openSync(file, 'a', 0o600);
  const { status, error } = spawnSync('flock', ['--nonblock', '--exclusive', '3'], {
    stdio: ['ignore', 'ignore', 'ignore', descriptor],
  });
  if (status === 0) {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${process.pid}\n`);
    return { release: () => closeSync(descriptor) };
  }
  closeSync(descriptor);
  if (error)
    throw new DataDirectoryError('The program flock is missing (Debian: util-linux).', { cause: error });
  throw new DataDirectoryError(taken(readFileSync(file, 'utf8').trim()));
}
