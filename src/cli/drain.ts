import { setTimeout as pause } from 'node:timers/promises';
import { drain, type Remaining, remaining } from '../services/setup/drain.ts';
import { findServedPlace } from '../services/setup/enrol.ts';
import { withInstallation } from './installation.ts';
import { complain, say } from './say.ts';

/** `labrador drain`: no load begins on this data directory any more; waits until those that run have ended. */
export function drainHere({ off }: { off: boolean }): Promise<void> {
  return withInstallation(async ({ deps, data }) => {
    const placeId = await findServedPlace(deps, data);
    await drain(deps, placeId, !off);
    if (off) return say('Not drained any more: machines are loaded again.');
    say('Drained: no load begins here until "labrador drain --off".');
    let left = await remaining(deps, placeId);
    for (let said = ''; left.loading.length > 0; left = await remaining(deps, placeId)) {
      const now = left.loading.join(', ');
      if (now !== said) complain(`Still being loaded: ${now}. Ctrl-C stops the waiting, not the draining.`);
      said = now;
      await pause(500);
    }
    for (const line of leftover(left)) say(line);
  });
}

function leftover({ held, waiting }: Remaining): string[] {
  const lines = ['Nothing is being loaded.'];
  if (waiting > 0)
    lines.push(`${waiting === 1 ? 'One load waits' : `${waiting} loads wait`} for the end of it.`);
  if (held.length > 0)
    lines.push(`Somebody has ${held.join(', ')}: they go on, also while Labrador is stopped.`);
  return lines;
}
