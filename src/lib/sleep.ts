import { setTimeout as wait } from 'node:timers/promises';

/** Waits so many milliseconds; rejects with `signal.reason` at once when aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}
