const stopGrace = 5_000;

/** Rejects when a module goes on long after it was told to stop; whatever it still does, it can write nothing. */
export function ignored(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const give = () => setTimeout(() => reject(signal.reason as Error), stopGrace).unref();
    signal.addEventListener('abort', give, { once: true });
  });
}
