/** Files that are there whole or not at all, also after a crash. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces a file: written under a temporary name beside it, synced and renamed. `mode` is 0600 unless told. */
export async function writeFileAtomic(path: string, content: string | Buffer, mode = 0o600): Promise<void> {
  await inPlaceOf(path, async (temporary) => {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await promoteFile(temporary, path);
  });
}

/** The same without waiting for the disk: whole or not at all when this process is killed, not when the computer is. Mode 0600. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await inPlaceOf(path, async (temporary) => {
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path);
  });
}

/** Nothing is left of the temporary file where `write` fails. */
async function inPlaceOf(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await write(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Gives a synced file its final name, replacing what is there, and syncs the folder so that the name survives a crash. */
export async function promoteFile(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
