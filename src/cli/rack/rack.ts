/** A rack made of software: machines with empty disks that start from the network or their disk, each with its BMC. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Firmware } from '../../domain/contracts/facts.ts';
import { macOf } from '../../services/setup/add-nodes.ts';
import { type RackMachine, setRackMachines } from '../../services/setup/rack-machines.ts';
import { CommandError } from '../failure.ts';
import type { Installation } from '../installation.ts';
import type { Served } from '../management-node.ts';
import { startBmc, stopBmc } from './bmc.ts';
import { pressChassis } from './chassis.ts';
import {
  drawRackNetwork,
  networkSettings,
  readRackNetwork,
  removeRackNetwork,
  setUpRackNetwork,
} from './imaging-network.ts';
import { makeRackNode } from './make-node.ts';
import {
  type BmcProtocol,
  type RackFirmware,
  type RackNetworkKind,
  type RackNode,
  rackFiles,
  rackFolder,
  rackNodeFolder,
  rackNodes,
} from './rack-node.ts';

type Of = Omit<Served, 'name'>;

/** `protocol`: what its BMCs shall speak; undefined: what they do, or IPMI. */
export interface AskedRack {
  readonly count: number;
  /** Of machines that are made now. */
  readonly firmware?: RackFirmware | undefined;
  readonly protocol?: BmcProtocol | undefined;
  /** Of all its machines; undefined: as it is, or QEMU's own. */
  readonly network?: RackNetworkKind | undefined;
}

/**
 * Makes the rack have so many machines, whose BMCs answer when this resolves; those that are too many and that somebody has
 * stay. Answers with how many there are.
 */
export async function setRack({ deps, data }: Installation, of: Of, asked: AskedRack): Promise<number> {
  const { installation, placeId } = of;
  const { count } = asked;
  const protocol = protocolOf(await rackNodes(data.path), asked.protocol);
  await mkdir(rackFolder(data.path), { recursive: true, mode: 0o700 });
  await makeNetwork(data.path, count, asked.network);
  const made: RackNode[] = [];
  for (let number = 1; number <= count; number++)
    made.push(
      await makeRackNode({
        ...machineOf(data.path, installation, number),
        ...{ protocol, firmware: firmwareOf(number, asked.firmware) },
      }),
    );
  // Where the whole rack is taken away, so are they.
  const untold = count === 0 ? [] : await untoldNodes(data.path);
  const settings = await rackSettings(data.path);
  const machines = made.map(rackMachine);
  const rack = {
    installation,
    placeId,
    settings,
    machines,
    untold: untold.map(rackMachine),
    module: protocol,
  };
  const macs = await setRackMachines(deps, rack);
  for (const node of await rackNodes(data.path)) {
    if (macs.includes(node.mac) || untold.some(({ mac }) => mac === node.mac)) await startBmc(node);
    else await removeRackNode(node);
  }
  if ((await rackNodes(data.path)).length === 0) await forgetNetwork(data.path);
  return macs.length;
}

/** Puts one more machine into the rack, off, and does not tell Labrador. Its BMC answers when this resolves. */
export async function addRackNode(
  { data }: Pick<Installation, 'data'>,
  installation: string,
): Promise<RackNode> {
  const there = await rackNodes(data.path);
  if (there.length === 0) throw new CommandError('There is no rack: "labrador start --rack 2" makes one.');
  const names = there.map(({ name }) => name);
  let number = 1;
  while (names.includes(`rack${number}`)) number++;
  const protocol = protocolOf(there, undefined);
  const node = await makeRackNode({ ...machineOf(data.path, installation, number), protocol, untold: true });
  await startBmc(node);
  return node;
}

/** Who the rack's machine of this number is. */
function machineOf(dataDirectory: string, installation: string, number: number) {
  const name = `rack${number}`;
  const mac = macOf(installation, name);
  return { number, name, mac, folder: rackNodeFolder(dataDirectory, mac) };
}

/** Those that Labrador was not told of, with what the programs need of them brought up to date. */
async function untoldNodes(dataDirectory: string): Promise<RackNode[]> {
  const untold = (await rackNodes(dataDirectory)).filter((node) => node.untold);
  return await Promise.all(
    untold.map((node) =>
      makeRackNode({
        ...node,
        number: Number(node.name.slice('rack'.length)),
        protocol: node.bmc.protocol,
        untold: true,
      }),
    ),
  );
}

function firmwareOf(number: number, asked: RackFirmware = 'bios'): Firmware {
  if (asked === 'mixed') return number % 2 === 0 ? 'uefi' : 'bios';
  return asked;
}

/** All of a rack speak the same: its machines are one pool. */
function protocolOf(nodes: readonly RackNode[], asked: BmcProtocol | undefined): BmcProtocol {
  const spoken = nodes[0]?.bmc.protocol ?? asked ?? 'ipmi';
  if (asked === undefined || asked === spoken) return spoken;
  throw new CommandError(`The BMCs of this rack speak ${spoken}: take it away first (--rack 0).`);
}

/** All are plugged into the same. */
async function makeNetwork(data: string, count: number, asked: RackNetworkKind | undefined): Promise<void> {
  const folder = rackFolder(data);
  const there = (await rackNodes(data)).length > 0;
  const is = (await readRackNetwork(folder)) ? 'netns' : 'user';
  if (there && asked !== undefined && asked !== is)
    throw new CommandError(`The network of this rack is ${is}: take it away first (--rack 0).`);
  if (count > 0 && (there ? is : asked) === 'netns') await setUpRackNetwork(await drawRackNetwork(folder));
}

async function forgetNetwork(data: string): Promise<void> {
  const network = await readRackNetwork(rackFolder(data));
  if (network === null) return;
  await removeRackNetwork(network);
  await rm(join(rackFolder(data), 'network.json'), { force: true });
}

/** What there is can be switched when this resolves. The machines go on as they are. */
export async function startBmcs({ data }: Pick<Installation, 'data'>): Promise<void> {
  for (const node of await rackNodes(data.path)) await startBmc(node);
}

/**
 * Ends the BMCs of machines that are off; with `all`, everything that is still on is switched off first. Where none is on any more the
 * rack's network goes, too: the next start makes it again.
 */
export async function stopRack(
  { data }: Pick<Installation, 'data'>,
  { all }: { all: boolean },
): Promise<void> {
  let on = 0;
  for (const node of await rackNodes(data.path)) {
    if (all) await pressChassis(node, 'set', 'power', '0');
    if ((await pressChassis(node, 'get', 'power')).trim() === 'power:0') await stopBmc(node);
    else on++;
  }
  const network = await readRackNetwork(rackFolder(data.path));
  if (network !== null && on === 0) await removeRackNetwork(network);
}

async function removeRackNode(node: RackNode): Promise<void> {
  await pressChassis(node, 'set', 'power', '0');
  await stopBmc(node);
  await rm(node.folder, { recursive: true });
}

/** What the pool `rack` is made with: its machines share our cores, and nothing of it takes minutes to start. */
export async function rackSettings(dataDirectory: string): Promise<Readonly<Record<string, unknown>>> {
  const folder = rackFolder(dataDirectory);
  const network = await readRackNetwork(folder);
  return {
    ...networkSettings(network),
    agentKernel: 'cloud',
    imageSockets: network === null ? folder : '',
    consoleLog: join(folder, '{mac}', rackFiles.serialLog),
    loadsAtOnce: 0,
    powerOnSeconds: 0,
    intervalSeconds: 0,
    ...{ burnInMemorySeconds: 6, burnInDiskSeconds: 4, burnInNetworkSeconds: 3 },
    lookSeconds: 15,
    networkSeconds: 60,
    silentSeconds: 240,
    bootSeconds: 240,
  };
}

/** What the installation keeps of a machine. */
export function rackMachine({ bmc, sshPort, lan, firmware, ...node }: RackNode): RackMachine {
  const host = '127.0.0.1';
  const { protocol: _protocol, ...access } = bmc;
  const { name, mac, cpus, memoryMb, diskMb } = node;
  return {
    ...{ name, mac, cpus, memoryMb, diskMb },
    hardware: {
      bmc: { host, ...access, cipher: null },
      firmware,
      endpoint: lan === null ? { host, port: sshPort } : { host: lan.address, port: 22 },
    },
  };
}
