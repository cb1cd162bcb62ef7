/** What the machine starts from instead of what its firmware is set to. Source: DSP2046, ComputerSystem, Boot. */
import type { Firmware } from '../../../src/domain/contracts/facts.ts';
import type { BootDevice, BootOverride } from '../shared/bmc/bmc.ts';
import { BmcError } from '../shared/bmc/bmc-error.ts';
import type { RedfishClient } from './client.ts';
import { type Boot, type ComputerSystem, settingsObject } from './schemas.ts';
import { readSystem } from './system.ts';

/** Where an override is set and read, and how it stands there. */
export interface BootPlace {
  readonly path: string;
  readonly boot: Boot;
}

/** What each device is called, the best first. */
export const targetsOf = {
  network: ['Pxe'],
  disk: ['Hdd'],
  cd: ['Cd', 'UsbCd'],
  setup: ['BiosSetup'],
} as const satisfies Record<BootDevice, readonly string[]>;

const devices: Readonly<Record<string, BootDevice>> = {
  Pxe: 'network',
  UefiHttp: 'network',
  // What a Supermicro makes of Pxe where the machine starts by UEFI.
  UefiBootNext: 'network',
  Hdd: 'disk',
  Cd: 'cd',
  UsbCd: 'cd',
  BiosSetup: 'setup',
};

export const modeOf = { bios: 'Legacy', uefi: 'UEFI' } as const satisfies Record<Firmware, string>;
export const lastingOf = { once: 'Once', always: 'Continuous' } as const;

export async function readBootOverride(
  client: RedfishClient,
  signal: AbortSignal,
): Promise<BootOverride | 'other' | null> {
  return overrideIn((await findBootPlace(client, signal)).boot);
}

/** Null: none is set; `other`: a device that we have no word for. */
export function overrideIn(boot: Boot): BootOverride | 'other' | null {
  const { BootSourceOverrideEnabled: enabled, BootSourceOverrideTarget: target } = boot;
  if (!enabled || enabled === 'Disabled' || !target || target === 'None') return null;
  const device = devices[target];
  if (!device) return 'other';
  // Who names no mode has but one, and that is not the old one.
  const firmware = boot.BootSourceOverrideMode === modeOf.bios ? 'bios' : 'uefi';
  return { device, firmware, lasts: enabled === lastingOf.once ? 'once' : 'always' };
}

export async function findBootPlace(client: RedfishClient, signal: AbortSignal): Promise<BootPlace> {
  const place = await bootPlaceOf(client, await readSystem(client, signal), signal);
  if (place) return place;
  throw new BmcError(
    'unsupported',
    `The BMC at ${client.address} cannot change what the machine starts from: let its firmware try the network first.`,
  );
}

/**
 * Null where there is none. AMI and NVIDIA take it at the settings object alone (`/SD`, `/Settings`); Lenovo and Dell have
 * such an object too, which does not know it.
 */
export async function bootPlaceOf(
  client: RedfishClient,
  system: ComputerSystem,
  signal: AbortSignal,
): Promise<BootPlace | null> {
  const settings = system['@Redfish.Settings']?.SettingsObject?.['@odata.id'];
  if (settings !== undefined) {
    const { Boot } = await client.read(settings, settingsObject, signal);
    if (Boot?.BootSourceOverrideTarget !== undefined) return { path: settings, boot: Boot };
  }
  if (system.Boot?.BootSourceOverrideTarget === undefined) return null;
  return { path: system['@odata.id'], boot: system.Boot };
}

/** How long an override may be told to last. */
export function knownLastings(boot: Boot): readonly BootOverride['lasts'][] {
  const allowed = boot['BootSourceOverrideEnabled@Redfish.AllowableValues'];
  const all = ['once', 'always'] as const;
  return allowed ? all.filter((one) => allowed.includes(lastingOf[one])) : all;
}
