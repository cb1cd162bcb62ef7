/** What can be thrown into a rack's machine, so that operators can train what they will meet. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hangBmc } from './bmc.ts';
import { pressChassis } from './chassis.ts';
import { type RackNode, rackFiles } from './rack-node.ts';

export const faults = {
  'hang-bmc': 'its BMC takes everything and answers nothing',
  'drop-power': 'its plug is pulled, this once',
  'cut-network': 'its cable is out, however often it is started',
  'slow-disk': 'its disk does a megabyte a second',
  off: 'everything is as it should be again',
} as const;
export type Fault = keyof typeof faults;

/** Lets it happen, or ends all that was thrown in before. */
export async function throwFault(node: RackNode, fault: Fault): Promise<void> {
  if (fault === 'drop-power') await pressChassis(node, 'set', 'power', '0');
  else if (fault === 'hang-bmc') await hangBmc(node, true);
  else await setFaults(node, fault);
}

async function setFaults(node: RackNode, fault: 'cut-network' | 'slow-disk' | 'off'): Promise<void> {
  const file = join(node.folder, rackFiles.faults);
  const before = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const now = fault === 'off' ? [] : [...new Set([...before, fault])];
  await writeFile(file, now.map((name) => `${name}\n`).join(''));
  if (fault === 'off') await hangBmc(node, false);
  await pressChassis(node, 'set', 'faults', '1');
}
