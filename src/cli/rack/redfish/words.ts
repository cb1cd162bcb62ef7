/** The machine's words and Redfish's. Source: DSP2046, ComputerSystem: Boot, Reset. */
import type { BootDevice } from '../../../../modules/provisioning/shared/bmc/bmc.ts';
import type { SwitchedMachine } from './switched-machine.ts';

export const enabledWords = ['Once', 'Disabled'] as const;
export const modeWords = { bios: 'Legacy', uefi: 'UEFI' } as const;
const targets = { network: 'Pxe', disk: 'Hdd', cd: 'Cd', setup: 'BiosSetup' } as const satisfies Record<
  BootDevice,
  string
>;
type Target = 'None' | (typeof targets)[BootDevice];
export const targetWords: readonly Target[] = ['None', ...Object.values(targets)];

/** What the machine starts from instead of its usual disk. */
export interface Boot {
  readonly BootSourceOverrideEnabled: (typeof enabledWords)[number];
  readonly BootSourceOverrideTarget: Target;
  readonly BootSourceOverrideMode: 'Legacy' | 'UEFI';
}

export async function bootOf(machine: SwitchedMachine): Promise<Boot> {
  const device = await machine.boot();
  return {
    BootSourceOverrideEnabled: device ? 'Once' : 'Disabled',
    BootSourceOverrideTarget: device ? targets[device] : 'None',
    BootSourceOverrideMode: modeWords[machine.firmware],
  };
}

/** Null: from its usual disk. */
export function deviceOf({ BootSourceOverrideEnabled, BootSourceOverrideTarget }: Boot): BootDevice | null {
  if (BootSourceOverrideEnabled === 'Disabled') return null;
  const devices = Object.keys(targets) as BootDevice[];
  return devices.find((device) => targets[device] === BootSourceOverrideTarget) ?? null;
}

/** What each reset does; what is so already is done without an error. */
const resets = {
  On: (machine: SwitchedMachine) => machine.on(),
  ForceOff: (machine: SwitchedMachine) => machine.off(),
  GracefulShutdown: (machine: SwitchedMachine) => machine.soft(),
  ForceRestart: (machine: SwitchedMachine) => machine.reset(),
} as const;
export type ResetType = keyof typeof resets;
export const resetTypes = Object.keys(resets) as ResetType[];

export async function resetMachine(machine: SwitchedMachine, type: ResetType): Promise<void> {
  await resets[type](machine);
}
