import { sleep } from '../lib/sleep.ts';
import { ImageFiles } from '../services/setup/image-files.ts';
import type { DaemonDeps } from './deps.ts';

const every = 5_000;

/** Looks at the images' files of its place until the signal fires; a disarmed place's, too: it reads. Never rejects. */
export async function watchImageFiles(deps: DaemonDeps, signal: AbortSignal): Promise<void> {
  const files = new ImageFiles(deps, deps.placeId);
  while (!signal.aborted) {
    await files.look(signal).catch((error: unknown) => {
      if (!signal.aborted) deps.log.error({ err: error }, 'the images could not be looked at');
    });
    await sleep(every, signal).catch(() => undefined);
  }
}
