/** What is written to a file from a moment on, found also when it is removed or made anew meanwhile. */
import { type FileHandle, open, stat } from 'node:fs/promises';

const lookEvery = 500;

export interface Tail {
  /** What was written, at most its last `mostBytes`; empty when nothing was. Nothing is followed any more. */
  end(mostBytes: number): Promise<Buffer>;
}

/** Begins to follow a file that may not be there yet. */
export async function tailOfFile(file: string): Promise<Tail> {
  const before = await stat(file).catch(() => null);
  let held: FileHandle | null = null;
  const hold = async () => {
    const now = await stat(file).catch(() => null);
    if (now === null || (held !== null && (await held.stat()).ino === now.ino)) return;
    const opened = await open(file).catch(() => null);
    if (opened === null) return;
    await held?.close();
    held = opened;
  };
  await hold();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(hold).catch(() => undefined);
  }, lookEvery);
  return {
    async end(mostBytes) {
      clearInterval(timer);
      await looking.then(hold).catch(() => undefined);
      if (held === null) return Buffer.alloc(0);
      try {
        return await written(held, before, mostBytes);
      } finally {
        await held.close();
      }
    },
  };
}

async function written(
  handle: FileHandle,
  before: { readonly ino: number; readonly size: number } | null,
  mostBytes: number,
): Promise<Buffer> {
  const { ino, size } = await handle.stat();
  const from = before?.ino === ino && before.size <= size ? before.size : 0;
  const start = Math.max(from, size - mostBytes);
  const buffer = Buffer.alloc(size - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}
