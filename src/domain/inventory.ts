/** What a machine's agent found in it, and how two looks differ. The words come from the machine: they are shown, and little follows from them. */
import type { Firmware } from './contracts/facts.ts';

export interface DiskFound {
  readonly name: string;
  /** Of 512 bytes each, whatever the disk's own are. */
  readonly sectors: number;
  readonly removable: boolean;
  readonly rotational: boolean;
  readonly model: string;
  readonly serial: string;
}

export interface NicFound {
  readonly name: string;
  readonly mac: string;
  readonly driver: string;
  readonly carrier: boolean;
  readonly speedMbps: number | null;
}

export interface Inventory {
  readonly firmware: Firmware;
  /** Null: the firmware has none, or does not say. */
  readonly secureBoot: boolean | null;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly biosVersion: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly disks: readonly DiskFound[];
  readonly nics: readonly NicFound[];
}

/** One line of an inventory, for people. */
export interface InventoryLine {
  readonly name: string;
  readonly value: string;
}

/** What stands on a page: what cannot be told from the machine's own words is left out. */
export function inventoryLines(found: Inventory): InventoryLine[] {
  const secure = found.secureBoot === null ? '' : `, Secure Boot ${found.secureBoot ? 'on' : 'off'}`;
  const firmware = `${found.firmware === 'uefi' ? 'UEFI' : 'BIOS'} ${found.biosVersion}`.trim();
  const lines: InventoryLine[] = [
    { name: 'Model', value: words(found.vendor, found.product) },
    { name: 'Serial number', value: found.serial },
    { name: 'Firmware', value: `${firmware}${secure}` },
    { name: 'Processor', value: found.cpus === 1 ? found.cpu : `${found.cpus} × ${found.cpu}` },
    { name: 'Memory', value: `${found.memoryMb} MB` },
    ...found.disks.map((disk) => ({ name: `Disk ${disk.name}`, value: diskWords(disk) })),
    ...found.nics.map((nic) => ({ name: `Network card ${nic.name}`, value: words(nic.mac, nic.driver) })),
  ];
  return lines.filter(({ value }) => value !== '');
}

function diskWords({ sectors, removable, rotational, model, serial }: DiskFound): string {
  const kind = removable ? 'removable' : rotational ? 'spinning' : '';
  return [`${Math.floor(sectors / 2048)} MB`, kind, model, serial].filter((part) => part !== '').join(', ');
}

function words(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** How what was found now differs from what was found before, a sentence each; none where it is the same machine still. */
export function inventoryChanges(before: Inventory, now: Inventory): string[] {
  const [old, fresh] = [linesOf(before), linesOf(now)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [old.get(name), fresh.get(name)];
    if (was === is || isSameMemory(name, before, now)) return [];
    if (is === undefined) return [`${name} is gone: ${was}.`];
    return [was === undefined ? `${name} is new: ${is}.` : `${name}: ${was} before, ${is} now.`];
  });
}

function linesOf(found: Inventory): Map<string, string> {
  return new Map(inventoryLines(found).map(({ name, value }) => [name, value]));
}

/** What a kernel keeps for itself differs a little from one to the next. */
function isSameMemory(name: string, before: Inventory, now: Inventory): boolean {
  return name === 'Memory' && Math.abs(before.memoryMb - now.memoryMb) <= 0.02 * before.memoryMb;
}
