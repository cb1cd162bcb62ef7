import { abortable } from './abortable.ts';

/** Does `work` for `key`, unless somebody is at it already. */
export type SharedWork<T> = (
  key: string,
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
) => Promise<T>;

/**
 * For what several may want at the same moment and is made once: whoever comes later waits, and does it after all where the
 * one before failed, whose reasons may be their own. Rejects as `work` does, and with `signal.reason` when it aborts.
 */
export function createSharedWork<T>(): SharedWork<T> {
  const doing = new Map<string, Promise<T>>();
  return async function share(key, work, signal) {
    for (let others = doing.get(key); others; others = doing.get(key)) {
      const made = await abortable(
        others.then((value) => ({ value })).catch(() => null),
        signal,
      );
      if (made) return made.value;
    }
    const own = work().finally(() => doing.delete(key));
    doing.set(key, own);
    return await own;
  };
}
