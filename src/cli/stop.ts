import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findInstallation } from '../../db/repositories/installation.ts';
import { stopImageServer } from '../../modules/provisioning/shared/metal/ensure-image-server.ts';
import { stopDhcp } from '../../modules/provisioning/shared/metal/imaging-network/ensure-dhcp.ts';
import { runningDaemons } from '../lib/file-lock.ts';
import { findArmedPlace } from '../services/setup/enrol.ts';
import { CommandError } from './failure.ts';
import { type Installation, withInstallation } from './installation.ts';
import { type Served, stopGuestsOf } from './management-node.ts';
import { startBmcs, stopRack } from './rack/rack.ts';
import { complain, say } from './say.ts';

const patienceMs = 60_000;

/** `labrador stop`: ends what runs on this data directory; with `guests`, then also the machines that somebody has. */
export function stop({ guests }: { guests: boolean }): Promise<void> {
  return withInstallation(async (opened) => {
    const running = await endDaemons(opened.data.path);
    const installation = (await findInstallation(opened.db))?.uuid ?? '';
    const found = await stopMachines(opened, { installation, name: 'stop' }, guests);
    say(running || found ? 'Stopped.' : 'Nothing was running.');
  });
}

/** Stops the machines that nobody has, or all, and says which and which go on. False: there was none, or none may be touched. */
export async function stopMachines(
  opened: Installation,
  served: Omit<Served, 'placeId'>,
  reserved: boolean,
): Promise<boolean> {
  const placeId = await findArmedPlace(opened.deps, opened.data);
  if (placeId === null) return false;
  await startBmcs(opened);
  const { stopped, kept, unreached } = await stopGuestsOf(opened, { ...served, placeId }, reserved);
  await stopRack(opened, { all: reserved });
  await stopImageServers(opened, { dhcp: kept.length === 0 });
  if (reserved && stopped.length > 0) say(`${stopped.join(', ')} stopped; their disks are kept.`);
  for (const { name, because } of unreached) complain(`${name} could not be switched off: ${because}`);
  if (kept.length > 0) {
    say(`Somebody has ${kept.join(', ')}: they go on, and are found again at the next start.`);
    say('"labrador stop --guests" stops them, too.');
  }
  return stopped.length > 0 || kept.length > 0;
}

/** Nothing is loaded where no daemon runs; the next load starts its pool's again. Machines that go on ask for their addresses again. */
async function stopImageServers(
  { data }: Pick<Installation, 'data'>,
  { dhcp }: { dhcp: boolean },
): Promise<void> {
  for (const pool of await readdir(data.pools)) {
    await stopImageServer(join(data.pools, pool));
    if (dhcp) await stopDhcp(join(data.pools, pool));
  }
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
