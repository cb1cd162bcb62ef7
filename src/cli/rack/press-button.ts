import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sleep } from '../../lib/sleep.ts';
import { CommandError } from '../failure.ts';
import { withInstallation } from '../installation.ts';
import { say } from '../say.ts';
import { pressChassis } from './chassis.ts';
import { rackFiles } from './rack-node.ts';
import { rackNodeNamed } from './rack-node-named.ts';

/** A machine that finds no image server at its first start does not look again. */
const cableMs = 20_000;

/** `labrador rack press`: the button at a machine's front. */
export function pressButton(name: string): Promise<void> {
  return withInstallation(async ({ data }) => {
    const node = await rackNodeNamed(data.path, name);
    if ((await pressChassis(node, 'get', 'power')).trim() === 'power:1') {
      await pressChassis(node, 'set', 'shutdown', '1');
      return say(`${name} was on: its system is asked to shut down.`);
    }
    // On a network of its own a machine has no socket.
    if (node.lan === null && !(await isServed(join(node.folder, rackFiles.image))))
      throw new CommandError(
        `Nobody serves the network of ${name}: it was left off. Let "labrador start" run until everything is ready.`,
      );
    await pressChassis(node, 'set', 'power', '1');
    say(`${name} is on. With nothing on its disk it starts from the network.`);
  });
}

/** The image server listens for a new machine as soon as it was told of it. */
async function isServed(socket: string): Promise<boolean> {
  for (let waited = 0; ; waited += 200) {
    const there = await stat(socket).catch(() => null);
    if (there || waited >= cableMs) return there !== null;
    await sleep(200);
  }
}
