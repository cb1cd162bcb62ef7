import { type EventEmitter, once } from 'node:events';
import type { Database } from '../../../db/connect.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { second } from '../../domain/time.ts';

/** How often other processes' changes are looked for, in milliseconds; this process's own are signalled at commit. */
const pollEvery = 250;
/** Between two looks at everything that is watched, in milliseconds: a burst of commits is one change. */
const lookedApart = 20;

/** Resolves after the next commit of this process, or after the poll interval. */
async function nextLook(signals: EventEmitter): Promise<void> {
  await once(signals, 'committed', { signal: AbortSignal.timeout(pollEvery) }).catch(() => undefined);
}

/** Asks `look` after every change until it answers; null when the time is over. */
export async function onChange<T>(
  db: Database,
  milliseconds: number,
  look: () => Promise<T | null>,
): Promise<T | null> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== null || performance.now() > until) return found;
    await nextLook(db.signals);
  }
}

/** What is the same as long as nothing has changed. */
type Pulse = (reader: Reader) => Promise<string>;

/** For what any change at all may be about, and costs more to read: it is looked for once a second, however many there are. */
export function everySecond(read: Pulse): Pulse {
  let kept = { at: Number.NEGATIVE_INFINITY, pulse: '' };
  return async (reader) => {
    if (Math.abs(reader.now - kept.at) >= second) kept = { at: reader.now, pulse: await read(reader) };
    return kept.pulse;
  };
}

interface Watched {
  readonly read: Pulse;
  pulse: string;
  readonly listeners: Set<() => void>;
}

/** One poller per database and process for all who watch something. */
class Watcher {
  readonly #db: Database;
  readonly #watched = new Map<string, Watched>();
  #running = false;

  constructor(db: Database) {
    this.#db = db;
  }

  async add(what: string, read: Pulse, changed: () => void): Promise<() => void> {
    const entry = this.#watched.get(what) ?? {
      read,
      pulse: await reading(this.#db, read),
      listeners: new Set(),
    };
    this.#watched.set(what, entry);
    entry.listeners.add(changed);
    if (!this.#running) void this.#run();
    return () => {
      entry.listeners.delete(changed);
      if (entry.listeners.size === 0) this.#watched.delete(what);
    };
  }

  async #run(): Promise<void> {
    this.#running = true;
    let next = nextLook(this.#db.signals);
    while (this.#watched.size > 0) {
      await next;
      // what is committed meanwhile is looked for right after
      next = nextLook(this.#db.signals);
      await this.#look().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, lookedApart));
    }
    this.#running = false;
  }

  #look(): Promise<void> {
    return reading(this.#db, async (reader) => {
      for (const entry of this.#watched.values()) {
        const pulse = await entry.read(reader).catch(() => entry.pulse); // it hides no change of another
        if (pulse === entry.pulse) continue;
        entry.pulse = pulse;
        for (const listener of entry.listeners) listener();
      }
    });
  }
}

const watchers = new WeakMap<Database, Watcher>();

/** Calls `changed` whenever the pulse of `what` (its name among all that is watched) changes. Returns how to stop. */
export function watch(db: Database, what: string, read: Pulse, changed: () => void): Promise<() => void> {
  const watcher = watchers.get(db) ?? new Watcher(db);
  watchers.set(db, watcher);
  return watcher.add(what, read, changed);
}
