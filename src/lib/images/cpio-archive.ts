/** The `newc` archive an initramfs is: https://docs.kernel.org/driver-api/early-userspace/buffer-format.html */

export interface CpioEntry {
  readonly path: string;
  /** File type and permissions, e.g. 0o100755, 0o040755, 0o120777 (a link, its target as content). */
  readonly mode: number;
  readonly content?: Buffer;
}

export const directory = (path: string): CpioEntry => ({ path, mode: 0o040755 });
export const program = (path: string, content: Buffer): CpioEntry => ({ path, mode: 0o100755, content });
export const link = (path: string, target: string): CpioEntry => ({
  path,
  mode: 0o120777,
  content: Buffer.from(target),
});

/** Packs the entries in their order, all owned by root; a folder must come before what lies in it. */
export function packCpio(entries: readonly CpioEntry[]): Buffer {
  const parts = entries.map((entry, index) => packEntry(entry, index + 1));
  return Buffer.concat([...parts, packEntry({ path: 'TRAILER!!!', mode: 0 }, 0)]);
}

function packEntry({ path, mode, content = Buffer.alloc(0) }: CpioEntry, inode: number): Buffer {
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, Buffer.byteLength(path) + 1, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  return Buffer.concat([padded(Buffer.from(`${header}${path}\0`)), padded(content)]);
}

function padded(part: Buffer): Buffer {
  return Buffer.concat([part, Buffer.alloc((4 - (part.length % 4)) % 4)]);
}
