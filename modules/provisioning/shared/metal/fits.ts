/** Whether an image can be loaded on a machine: judged from what is known of both, before anything is written. */
import type { DiskFacts, Inventory } from './inventory.ts';
import type { StreamManifest } from './stream.ts';

/** The disk that is written: the machine's first own one; null when it has none. */
export function diskOf({ disks }: Pick<Inventory, 'disks'>): DiskFacts | null {
  return disks.find(({ removable, sectors }) => !removable && sectors > 0) ?? null;
}

/** How every sentence about Secure Boot ends. */
export const butNothingSigned = ', and nothing that is loaded here is signed: switch it off in the firmware';

/** Why it cannot be, in a sentence without the node's name; null when it can. */
export function whyUnfit(stream: StreamManifest, machine: Inventory): string | null {
  const disk = diskOf(machine);
  if (disk === null) return 'it has no disk of its own that could be written';
  if (disk.sectorBytes !== 512) {
    return `its disk ${disk.name} has sectors of ${disk.sectorBytes} bytes; ${stream.image} is made for 512`;
  }
  const bytes = disk.sectors * 512;
  if (bytes < stream.leastBytes) {
    return `its disk ${disk.name} has ${megabytes(bytes)} MB; ${stream.image} needs ${megabytes(stream.leastBytes)} MB with its seed`;
  }
  if (machine.secureBoot === true) {
    return `Secure Boot is on${butNothingSigned}`;
  }
  return whyNotStarted(stream, machine.firmware);
}

/** The same from the firmware alone, which is known of a node before it was ever started. */
export function whyNotStarted(
  { image, bios, uefi }: Pick<StreamManifest, 'image' | 'bios' | 'uefi'>,
  firmware: Inventory['firmware'],
): string | null {
  if (firmware === 'bios' ? bios : uefi) return null;
  const has = bios ? 'BIOS alone' : uefi ? 'UEFI alone' : 'neither BIOS nor UEFI';
  return `it starts by ${firmware === 'bios' ? 'BIOS' : 'UEFI'}; ${image} can be started by ${has}`;
}

export function megabytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
