import { setTimeout as pause } from 'node:timers/promises';
import { findInstallation } from '../../db/repositories/installation.ts';
import { runningDaemons } from '../lib/file-lock.ts';
import { findServedPlace } from '../services/setup/enrol.ts';
import { CommandError } from './failure.ts';
import { withInstallation } from './installation.ts';
import { stopGuestsOf } from './management-node.ts';
import { say } from './say.ts';

const patienceMs = 60_000;

/** `labrador stop`: ends what runs on this data directory; with `guests`, then also the machines that somebody has. */
export function stop({ guests }: { guests: boolean }): Promise<void> {
  return withInstallation(async (opened) => {
    const { data, deps, db } = opened;
    const running = await endDaemons(data.path);
    if (guests) {
      const placeId = await findServedPlace(deps, data);
      const installation = (await findInstallation(db))?.uuid ?? '';
      const { stopped } = await stopGuestsOf(opened, { installation, placeId, name: 'stop' }, true);
      say(
        stopped.length > 0
          ? `Stopped ${stopped.join(', ')}; their disks are kept.`
          : 'No machine was running.',
      );
    } else say(running ? 'Stopped.' : 'Nothing was running.');
  });
}

async function endDaemons(path: string): Promise<boolean> {
  const before = runningDaemons(path);
  for (const pid of before) process.kill(pid, 'SIGTERM');
  const until = performance.now() + patienceMs;
  while (runningDaemons(path).length > 0) {
    if (performance.now() > until) {
      throw new CommandError(
        `Process ${runningDaemons(path).join(', ')} is still stopping. Try again in a moment.`,
      );
    }
    await pause(200);
  }
  return before.length > 0;
}
