import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type CpioEntry, directory, link, packCpio, program } from './cpio-archive.ts';

/** Packs all that lies in a folder, folders before their content, everything owned by root and executable. */
export async function packFolder(root: string): Promise<Buffer> {
  const paths = (await readdir(root, { recursive: true })).sort();
  return packCpio(await Promise.all(paths.map((path) => entryOf(root, path))));
}

async function entryOf(root: string, path: string): Promise<CpioEntry> {
  const file = join(root, path);
  const found = await lstat(file);
  if (found.isDirectory()) return directory(path);
  if (found.isSymbolicLink()) return link(path, await readlink(file));
  return program(path, await readFile(file));
}
