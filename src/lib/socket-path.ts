/**
 * Unix sockets whose path is longer than the kernel's 107 bytes (unix(7), sun_path): reached through a descriptor of
 * their folder, so that a data directory may lie as deep as it likes.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const longest = 107;

/** Calls `use` with a path of the same socket that is short enough for connect and listen; valid until `use` is done. */
export async function withSocketPath<T>(path: string, use: (short: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= longest) return use(path);
  const folder = await open(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    return await use(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}
