/** What can be thrown into a rack's machine, so that operators can train what they will meet. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError } from '../failure.ts';
import { hangBmc } from './bmc.ts';
import { pressChassis } from './chassis.ts';
import { type RackNode, rackFiles } from './rack-node.ts';

export const faults = {
  'hang-bmc': 'its BMC takes everything and answers nothing',
  'drop-power': 'its plug is pulled, this once',
  'cut-network': 'its cable is out, however often it is started',
  'slow-disk': 'its disk does a megabyte a second',
  'secure-boot': 'the next time that it is started its UEFI starts nothing that is not signed',
  off: 'everything is as it should be again',
} as const;
export type Fault = keyof typeof faults;

/** Lets it happen, or ends all that was thrown in before. */
export async function throwFault(node: RackNode, fault: Fault): Promise<void> {
  if (fault === 'drop-power') await pressChassis(node, 'set', 'power', '0');
  else if (fault === 'hang-bmc') await hangBmc(node, true);
  else {
    if (fault === 'secure-boot' && node.firmware === 'bios')
      throw new CommandError(`${node.name} starts by BIOS, which knows no Secure Boot.`);
    await setFaults(node, fault);
  }
}

/** Whether it is so now, by what was thrown in. */
export async function hasFault({ folder }: RackNode, fault: Fault): Promise<boolean> {
  const text = await readFile(join(folder, rackFiles.faults), 'utf8').catch(() => '');
  return text.split('\n').includes(fault);
}

async function setFaults(node: RackNode, fault: Exclude<Fault, 'drop-power' | 'hang-bmc'>): Promise<void> {
  const file = join(node.folder, rackFiles.faults);
  const before = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  const now = fault === 'off' ? [] : [...new Set([...before, fault])];
  await writeFile(file, now.map((name) => `${name}\n`).join(''));
  if (fault === 'off') await hangBmc(node, false);
  await pressChassis(node, 'set', 'faults', '1');
}
