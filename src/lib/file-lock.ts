import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from './data-directory.ts';

export interface FileLock {
  release(): void;
}

/**
 * Takes the exclusive lock of a daemon's name in a data directory, or throws DataDirectoryError when another process has it.
 */
export function acquireDaemonLock(dataDirectory: string, name: string): FileLock {
  const lock = lockFile(join(dataDirectory, `daemon-${name}.lock`));
  if (typeof lock === 'object') return lock;
  throw new DataDirectoryError(
    `A daemon "${name}" runs on ${dataDirectory} already (process ${lock}): "labrador stop" ends it. A second one beside it needs a --name of its own.`,
  );
}

/** Only one process at a time adds images to a data directory. Throws DataDirectoryError when another one does. */
export function acquireImageLock(images: string): FileLock {
  const lock = lockFile(join(images, 'images.lock'));
  if (typeof lock === 'object') return lock;
  throw new DataDirectoryError(
    `Another image is being built or imported (process ${lock}). Wait until it is done.`,
  );
}

/** The processes of the daemons that run on a data directory. */
export function runningDaemons(dataDirectory: string): number[] {
  const files = readdirSync(dataDirectory).filter((name) => /^daemon-.+\.lock$/.test(name));
  return files.flatMap((name) => {
    const lock = lockFile(join(dataDirectory, name));
    if (typeof lock === 'number') return [lock];
    lock.release();
    return [];
  });
}

/**
 * The exclusive lock of a file, made when it is missing, or the process that has it.
 *
 * Node cannot lock files, but a lock of flock(2) belongs to the open file, not to who asked for it: the command `flock` is
 * handed our descriptor and leaves the lock on it. The kernel releases it when this process is gone, however it went; no
 * child has the descriptor, because Node opens files with O_CLOEXEC.
 */
export function lockFile(file: string): FileLock | number {
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
  return Number.parseInt(readFileSync(file, 'utf8'), 10);
}
