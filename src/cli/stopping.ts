import { setMaxListeners } from 'node:events';
import { complain } from './say.ts';

/** Somebody asked the program to end; not a failure. */
class Stopped extends Error {}

/** npm hands on what the terminal sent to the whole group already: the same Ctrl-C, twice. Milliseconds. */
const sameCtrlC = 1_000;

/**
 * Ctrl-C, a closed terminal and `kill` abort the signal once, so that everything ends in order; a second Ctrl-C, later than
 * an echo of the first, ends the process at once.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let began = 0;
  setMaxListeners(0, controller.signal);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!controller.signal.aborted) {
        began = performance.now();
        controller.abort(new Stopped(`stopped by ${name}`));
      } else if (name === 'SIGINT' && performance.now() - began > sameCtrlC) process.exit(130);
    });
  }
  controller.signal.addEventListener('abort', () => complain('Stopping. Ctrl-C once more ends it at once.'));
  return controller.signal;
}

/** Resolves when the signal has fired. */
export function whenStopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
