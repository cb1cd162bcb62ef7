import type { BmcPower, BootDevice } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import type { SwitchedMachine } from '../../../../src/cli/rack/redfish/switched-machine.ts';
import type { MachineBeside } from '../../../modules/provisioning/shared/bmc/conformance.ts';

/** A machine that remembers what was done to it, and no more. */
export function pretendMachine(): SwitchedMachine & MachineBeside {
  let power: BmcPower = 'off';
  let next: BootDevice | null = null;
  const starts: string[] = [];
  async function on(): Promise<void> {
    if (power === 'on') return;
    power = 'on';
    starts.push(next ?? 'usual');
    next = null;
  }
  async function off(): Promise<void> {
    power = 'off';
  }
  return {
    name: 'rack-1',
    firmware: 'bios',
    secureBoot: async () => null,
    power: async () => power,
    on,
    off,
    soft: async () => undefined,
    async reset() {
      await off();
      await on();
    },
    async setBoot(device) {
      next = device;
    },
    boot: async () => next,
    starts: async () => starts,
  };
}
