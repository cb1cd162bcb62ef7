/** Runs `work` for so many seconds at most: false when they were over first. Rejects with `signal.reason` when aborted. */
export async function within(
  seconds: number,
  signal: AbortSignal,
  work: (limited: AbortSignal) => Promise<unknown>,
): Promise<boolean> {
  const over = AbortSignal.timeout(seconds * 1000);
  try {
    await work(AbortSignal.any([signal, over]));
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (over.aborted && error === over.reason) return false;
    throw error;
  }
}
