/** Why something is aborted that is over, where nobody asks: without a reason each makes an error of its own, with its stack. */
export const over = 'over';

/** The outcome of `work`, or `signal.reason` as soon as the signal aborts; the work itself is not stopped. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  signal.throwIfAborted();
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const options = { once: true, signal: listening.signal };
    signal.addEventListener('abort', () => reject(signal.reason), options);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    listening.abort(over);
  }
}
