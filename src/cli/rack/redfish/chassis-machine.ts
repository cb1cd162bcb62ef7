import type { BootDevice } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import { pressChassis } from '../chassis.ts';
import { hasFault } from '../faults.ts';
import type { RackNode } from '../rack-node.ts';
import type { SwitchedMachine } from './switched-machine.ts';

/** What each is called by the program `chassis`. */
const words = { network: 'pxe', disk: 'default', cd: 'cdrom', setup: 'bios' } as const satisfies Record<
  BootDevice,
  string
>;
const devices = Object.keys(words) as BootDevice[];

/** A machine of the rack, by its chassis. */
export function chassisMachine(node: RackNode): SwitchedMachine {
  const set = async (name: string, value: string) => void (await pressChassis(node, 'set', name, value));
  const get = async (name: string) => (await pressChassis(node, 'get', name)).trim().slice(name.length + 1);
  return {
    name: node.name,
    firmware: node.firmware,
    secureBoot: async () => (node.firmware === 'uefi' ? await hasFault(node, 'secure-boot') : null),
    power: async () => ((await get('power')) === '1' ? 'on' : 'off'),
    on: () => set('power', '1'),
    off: () => set('power', '0'),
    soft: () => set('shutdown', '1'),
    reset: () => set('reset', '1'),
    setBoot: (device) => set('boot', device ? words[device] : 'none'),
    async boot() {
      const word = await get('boot');
      return devices.find((device) => words[device] === word) ?? null;
    },
  };
}
