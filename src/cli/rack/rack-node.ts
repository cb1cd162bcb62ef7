/** A machine of a rack made of software, as its folder keeps it: it outlives the daemon, and so must this. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { firmwares } from '../../domain/contracts/facts.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { rackLanSchema } from './imaging-network.ts';

export const bmcProtocols = ['ipmi', 'redfish'] as const;
export type BmcProtocol = (typeof bmcProtocols)[number];

/** How the machines of a rack start what is on their disks; `mixed`: every second one by UEFI. */
export const rackFirmwares = ['bios', 'uefi', 'mixed'] as const;
export type RackFirmware = (typeof rackFirmwares)[number];

/** `netns`: a network in a namespace of its own, with real DHCP and TFTP. */
export const rackNetworks = ['user', 'netns'] as const;
export type RackNetworkKind = (typeof rackNetworks)[number];

const rackNodeSchema = z.object({
  name: z.string(),
  mac: z.string(),
  cpus: z.number(),
  memoryMb: z.number(),
  diskMb: z.number(),
  /** How it starts what is on its disk. */
  firmware: z.enum(firmwares).default('bios'),
  /** Of this computer: where its BMC answers, and the port that leads to its SSH. */
  bmc: z.object({
    protocol: z.enum(bmcProtocols).default('ipmi'),
    port: z.number(),
    username: z.string(),
    password: z.string(),
    /** Redfish: SHA-256 of its certificate. */
    fingerprint: z.string().nullable().default(null),
  }),
  sshPort: z.number(),
  /** How it is plugged into the rack's own network; null: QEMU's. */
  lan: rackLanSchema.nullable().default(null),
  /** Put into the rack without telling Labrador: it is discovered, or was, by its first start from the network. */
  untold: z.boolean().default(false),
});
type Kept = z.output<typeof rackNodeSchema>;
export interface RackNode extends Kept {
  readonly folder: string;
}

/** Names inside a machine's folder. Everything is started in it, and needs no path to it, however deep that is. */
export const rackFiles = {
  node: 'node.json',
  disk: 'disk.raw',
  /** The command line that the chassis starts, a word a line. */
  machine: 'machine',
  chassis: 'chassis',
  serialLog: 'serial.log',
  /** Of a UEFI: a link to what it keeps, with Secure Boot on or off. */
  uefiVars: 'vars.fd',
  qmp: 'qmp',
  /** The image server listens here, for this machine alone. */
  image: 'image.sock',
  /** Its disks, where they lie on the server, are served here. */
  disks: 'nbd.sock',
  faults: 'faults',
} as const;

/** Where the rack's machines of a data directory lie, each in a folder named after its MAC address: the image server knows who asks by that. */
export function rackFolder(dataDirectory: string): string {
  return join(dataDirectory, 'rack');
}

export function rackNodeFolder(dataDirectory: string, mac: string): string {
  return join(rackFolder(dataDirectory), mac.replaceAll(':', '-'));
}

/** Every machine of the rack, by name; none where there is no rack. */
export async function rackNodes(dataDirectory: string): Promise<RackNode[]> {
  const folder = rackFolder(dataDirectory);
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(names.map((name) => readRackNode(join(folder, name))));
  return found
    .filter((node) => node !== null)
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** Null where none was made, or not to its end. */
export async function readRackNode(folder: string): Promise<RackNode | null> {
  const text = await readFile(join(folder, rackFiles.node), 'utf8').catch(() => null);
  return text === null ? null : { ...rackNodeSchema.parse(JSON.parse(text)), folder };
}

export async function writeRackNode({ folder, ...kept }: RackNode): Promise<void> {
  await writeFileAtomic(join(folder, rackFiles.node), `${JSON.stringify(kept, null, 2)}\n`);
}
