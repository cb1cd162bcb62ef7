import type { BootDevice, BootOverride } from '../shared/bmc/bmc.ts';

/** Boot flags, IPMI 2.0 table 28-14, parameter 5: data 1 and 2. */
const valid = 0x80;
const persistent = 0x40;
const efi = 0x20;
const deviceBits = 0x3c;
const devices: Readonly<Record<BootDevice, number>> = { network: 0x04, disk: 0x08, cd: 0x14, setup: 0x18 };
/** Supermicro's own for a disk that is started by UEFI. */
const uefiDisk = 0x24;

/** The five data bytes that set an override; null clears it. */
export function bootFlags(override: BootOverride | null): readonly number[] {
  if (!override) return [0, 0, 0, 0, 0];
  const { device, firmware, lasts } = override;
  const first = valid | (lasts === 'always' ? persistent : 0) | (firmware === 'uefi' ? efi : 0);
  return [first, devices[device], 0, 0, 0];
}

/**
 * What the answer to Get System Boot Options (parameter 5) means: version, parameter, data 1, data 2, ... See `Bmc.bootOverride`.
 */
export function readBootFlags(answer: readonly number[]): BootOverride | 'other' | null {
  const [, , first = 0] = answer;
  return first & valid ? readKeptFlags(answer) : null;
}

/** The same of flags that were set just now: some BMCs keep the device and none of the bits before it, the valid one neither. */
export function readKeptFlags([, , first = 0, second = 0]: readonly number[]): BootOverride | 'other' | null {
  const bits = second & deviceBits;
  if (bits === 0) return null;
  const known = Object.entries(devices).find(
    ([, value]) => value === (bits === uefiDisk ? devices.disk : bits),
  );
  if (!known) return 'other';
  return {
    device: known[0] as BootDevice,
    firmware: first & efi ? 'uefi' : 'bios',
    lasts: first & persistent ? 'always' : 'once',
  };
}
