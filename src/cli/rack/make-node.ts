import { constants } from 'node:fs';
import { chmod, chown, copyFile, mkdir, open, rename, rm, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Firmware } from '../../domain/contracts/facts.ts';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { randomLetters } from '../../lib/secrets.ts';
import { CommandError } from '../failure.ts';
import { findBmc } from './bmc.ts';
import { pressChassis } from './chassis.ts';
import { plugIn } from './imaging-network.ts';
import { machineCommand } from './machine.ts';
import { freeTcpPort, freeUdpPort, isTcpFree, isUdpFree } from './ports.ts';
import { type BmcProtocol, type RackNode, rackFiles, readRackNode, writeRackNode } from './rack-node.ts';
import { ownCertificate } from './redfish/certificate.ts';

const chassis = fileURLToPath(new URL('chassis', import.meta.url));

/** Under root, each machine runs as a numeric user of its own: the first of those, which nobody else may have. */
const firstUser = 61_200;

const uefiVars = {
  'vars.plain.fd': '/usr/share/OVMF/OVMF_VARS_4M.fd',
  'vars.secure.fd': '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
} as const;

/** ipmi_sim keeps no longer one. */
const passwordLength = 16;

/** IPMI goes over UDP, Redfish over TCP. */
const bmcPorts = {
  ipmi: { draw: freeUdpPort, isFree: isUdpFree },
  redfish: { draw: freeTcpPort, isFree: isTcpFree },
} as const satisfies Record<BmcProtocol, object>;

/** What a machine shall be. */
export type NewRackNode = Pick<RackNode, 'folder' | 'name' | 'mac'> & {
  readonly number: number;
  /** What its BMC speaks, where it is made now. */
  readonly protocol: BmcProtocol;
  /** See `RackNode.untold`; what was untold may be told later, and never the other way. */
  readonly untold?: boolean;
  /** How it starts, where it is made now. */
  readonly firmware?: Firmware | undefined;
};

/** Makes a machine with an empty disk, or brings what the programs need of it up to date; its disk, its ports and its password stay. */
export async function makeRackNode({ number, untold = false, ...wanted }: NewRackNode): Promise<RackNode> {
  const { folder } = wanted;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const present = await readRackNode(folder);
  const made = present === null ? await newNode(wanted) : await withItsPorts(present);
  const lan = await plugIn(dirname(folder), number);
  const node = { ...made, lan, untold: untold && (present?.untold ?? true) };
  await makeDisk(node);
  if (node.firmware === 'uefi') await placeUefiVars(folder);
  const user = process.getuid?.() === 0 ? firstUser + number : null;
  if (user !== null) await letEnter(folder, user);
  await writeFileAtomic(
    join(folder, rackFiles.machine),
    `${(await machineCommand(node, user)).join('\n')}\n`,
  );
  await placeChassis(folder);
  await writeRackNode(node);
  return node;
}

async function newNode({
  protocol,
  firmware = 'bios',
  ...of
}: Omit<NewRackNode, 'number' | 'untold'>): Promise<RackNode> {
  const fingerprint = protocol === 'redfish' ? (await ownCertificate(of.folder, of.name)).fingerprint : null;
  const account = { username: 'admin', password: randomLetters(passwordLength) };
  return {
    // One processor: of two emulated ones each may wait for the other for ever while a kernel starts.
    ...{ ...of, cpus: 1, memoryMb: 1152, diskMb: 2048, firmware },
    bmc: { protocol, port: await bmcPorts[protocol].draw(), ...account, fingerprint },
    sshPort: await freeTcpPort(),
    ...{ untold: false, lan: null },
  };
}

/** Ports that somebody else has taken meanwhile are drawn anew, where nothing of the machine stands on them. */
async function withItsPorts(node: RackNode): Promise<RackNode> {
  const ports = bmcPorts[node.bmc.protocol];
  const [bmcIsFree, sshIsFree] = await Promise.all([ports.isFree(node.bmc.port), isTcpFree(node.sshPort)]);
  const keepsBmc = bmcIsFree || (await findBmc(node)) !== null;
  const keepsSsh = sshIsFree || (await pressChassis(node, 'get', 'power')).trim() === 'power:1';
  return {
    ...node,
    bmc: { ...node.bmc, port: keepsBmc ? node.bmc.port : await ports.draw() },
    sshPort: keepsSsh ? node.sshPort : await freeTcpPort(),
  };
}

/** Sparse: it takes what was written to it. */
async function makeDisk({ folder, diskMb }: RackNode): Promise<void> {
  const file = join(folder, rackFiles.disk);
  await (await open(file, 'a', 0o600)).close();
  await truncate(file, diskMb * 1024 * 1024);
}

/** What a UEFI keeps, once as it is new and once with the keys that Secure Boot goes by: the chassis gives it one of them. */
async function placeUefiVars(folder: string): Promise<void> {
  for (const [name, file] of Object.entries(uefiVars)) {
    try {
      await copyFile(file, join(folder, name), constants.COPYFILE_EXCL);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT')
        throw new CommandError('Machines that start by UEFI need the Debian package ovmf.');
      if (code !== 'EEXIST') throw error;
    }
  }
}

/** The machine's user reaches the image server's socket in it, and can neither list nor change anything. */
async function letEnter(folder: string, user: number): Promise<void> {
  await chown(folder, 0, user);
  await chmod(folder, 0o710);
}

/** A copy of this version's: replaced as a whole, while one may be running. */
async function placeChassis(folder: string): Promise<void> {
  const temporary = join(folder, `${rackFiles.chassis}.new`);
  await rm(temporary, { force: true });
  await copyFile(chassis, temporary);
  await chmod(temporary, 0o700);
  await rename(temporary, join(folder, rackFiles.chassis));
}
