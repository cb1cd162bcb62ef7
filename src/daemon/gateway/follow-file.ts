/** A growing file, as it grows: also when it is not there yet, begins anew or is replaced. */
import { EventEmitter, once } from 'node:events';
import { type FSWatcher, watch } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

const pieceBytes = 64 * 1024;
/** Where the system's notices do not come (a network's file system), a look now and then. */
const lookMs = 1_000;

interface Place {
  readonly file: number;
  readonly offset: number;
}

/**
 * Yields the end of the file, at most so many bytes and beginning with a line, and then what is added. Each reader goes at
 * its own pace. Ends when the signal aborts.
 */
export async function* followFile(
  path: string,
  backlogBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const news = watchFile(path, signal);
  try {
    let place: Place | null = null;
    for (;;) {
      news.isFresh = false;
      for await (const piece of readFrom(path, place, backlogBytes)) {
        place = piece.place;
        if (piece.bytes.length > 0) yield piece.bytes;
        if (signal.aborted) return;
      }
      if (!news.isFresh) await once(news.events, 'news', { signal }).catch(() => undefined);
      if (signal.aborted) return;
    }
  } finally {
    news.stop();
  }
}

interface News {
  readonly events: EventEmitter;
  isFresh: boolean;
  stop(): void;
}

function watchFile(path: string, signal: AbortSignal): News {
  const events = new EventEmitter();
  const tell = () => {
    news.isFresh = true;
    events.emit('news');
  };
  const timer = setInterval(tell, lookMs);
  const watcher = watchFolder(path, tell);
  const stop = () => {
    clearInterval(timer);
    watcher?.close();
  };
  const news = { events, isFresh: false, stop };
  signal.addEventListener('abort', stop, { once: true });
  return news;
}

function watchFolder(path: string, tell: () => void): FSWatcher | null {
  try {
    const watcher = watch(dirname(path), (_, name) => {
      if (name === null || name === basename(path)) tell();
    });
    return watcher.on('error', () => watcher.close());
  } catch {
    return null;
  }
}

async function* readFrom(
  path: string,
  place: Place | null,
  backlogBytes: number,
): AsyncGenerator<{ bytes: Buffer; place: Place }> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return;
  try {
    const { ino, size } = await file.stat();
    const isSame = place?.file === ino && place.offset <= size;
    const begin = place ? 0 : await lineAfter(file, Math.max(0, size - backlogBytes));
    yield* readToEnd(file, ino, isSame ? place.offset : begin);
  } finally {
    await file.close();
  }
}

async function* readToEnd(
  file: FileHandle,
  ino: number,
  from: number,
): AsyncGenerator<{ bytes: Buffer; place: Place }> {
  for (let offset = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(pieceBytes), 0, pieceBytes, offset);
    offset += bytesRead;
    yield { bytes: buffer.subarray(0, bytesRead), place: { file: ino, offset } };
    if (bytesRead === 0) return;
  }
}

/** The beginning of the first whole line from there on. */
async function lineAfter(file: FileHandle, from: number): Promise<number> {
  if (from === 0) return 0;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(4_096), 0, 4_096, from);
  return from + buffer.subarray(0, bytesRead).indexOf(0x0a) + 1;
}
