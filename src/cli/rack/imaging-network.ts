/**
 * A network for the rack's machines: a bridge in a namespace of its own with a tap for each, and one card of this computer that is
 * plugged into it, as a management node's is into a real imaging network.
 */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../lib/atomic-file.ts';
import { ExecError, exec } from '../../lib/exec.ts';
import { randomLetters } from '../../lib/secrets.ts';
import { CommandError } from '../failure.ts';

const networkSchema = z.object({
  namespace: z.string(),
  /** Of this computer. */
  card: z.string(),
  /** The first three numbers of every address. */
  subnet: z.string(),
});
export type RackNetwork = z.output<typeof networkSchema>;

/** How a machine is plugged in. */
export const rackLanSchema = z.object({ namespace: z.string(), tap: z.string(), address: z.string() });
export type RackLan = z.output<typeof rackLanSchema>;

const bridge = 'br0';
const uplink = 'uplink';
const imagePort = 8070;

/** The rack's network; null where its machines have none but QEMU's own. */
export async function readRackNetwork(rackFolder: string): Promise<RackNetwork | null> {
  const text = await readFile(fileOf(rackFolder), 'utf8').catch(() => null);
  return text === null ? null : networkSchema.parse(JSON.parse(text));
}

/** Draws one, unless there is one. Nobody but root can make what it needs. */
export async function drawRackNetwork(rackFolder: string): Promise<RackNetwork> {
  if (process.getuid?.() !== 0)
    throw new CommandError('A network of its own for the rack can be made by root alone.');
  const present = await readRackNetwork(rackFolder);
  if (present) return present;
  const id = randomLetters(6).toLowerCase();
  const network = { namespace: `labrador-${id}`, card: `lab-${id}`, subnet: freeSubnet() };
  await writeFileAtomic(fileOf(rackFolder), `${JSON.stringify(network)}\n`);
  return network;
}

/** It is there when this resolves: a computer that was started anew has lost it. */
export async function setUpRackNetwork({ namespace, card, subnet }: RackNetwork): Promise<void> {
  if ((await exec('ip', ['link', 'show', card]).catch(() => null)) !== null) return;
  await exec('ip', ['netns', 'delete', namespace]).catch(() => undefined);
  await ip('netns', 'add', namespace);
  await ip('-n', namespace, 'link', 'add', bridge, 'type', 'bridge', 'forward_delay', '0');
  await ip('-n', namespace, 'link', 'set', bridge, 'up');
  await ip('link', 'add', card, 'type', 'veth', 'peer', 'name', uplink, 'netns', namespace);
  await ip('-n', namespace, 'link', 'set', uplink, 'master', bridge, 'up');
  await ip('address', 'add', `${subnet}.1/24`, 'dev', card);
  const prefix = subnet.split('.').map(Number) as [number, number, number];
  await ip('address', 'add', `fd00:${prefix[1]}:${prefix[2]}::1/64`, 'dev', card, 'nodad');
  await ip('link', 'set', card, 'up');
}

/** Takes everything of it away; its machines are off. */
export async function removeRackNetwork({ namespace, card }: RackNetwork): Promise<void> {
  for (const args of [
    ['link', 'delete', card],
    ['netns', 'delete', namespace],
  ])
    await exec('ip', args).catch(() => undefined);
}

/** Plugs the machine of this number in; null where there is no network. */
export async function plugIn(rackFolder: string, number: number): Promise<RackLan | null> {
  const network = await readRackNetwork(rackFolder);
  if (network === null) return null;
  await setUpRackNetwork(network);
  const { namespace, subnet } = network;
  const tap = `tap${number}`;
  if ((await exec('ip', ['-n', namespace, 'link', 'show', tap]).catch(() => null)) === null)
    await ip('-n', namespace, 'tuntap', 'add', 'dev', tap, 'mode', 'tap');
  await ip('-n', namespace, 'link', 'set', tap, 'master', bridge, 'up');
  return { namespace, tap, address: `${subnet}.${10 + number}` };
}

/** How its pool serves it. */
export function networkSettings(network: RackNetwork | null): Readonly<Record<string, string>> {
  if (network === null) return { imageServer: '', dhcp: 'off', dhcpRange: '' };
  const { subnet } = network;
  return {
    imageServer: `${subnet}.1:${imagePort}`,
    dhcp: 'full',
    dhcpRange: `${subnet}.200-${subnet}.249`,
  };
}

async function ip(...args: string[]): Promise<void> {
  try {
    await exec('ip', args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CommandError('A network of its own for the rack needs the Debian package iproute2.');
    if (!(error instanceof ExecError)) throw error;
    throw new CommandError(`The network of the rack cannot be made: ${error.stderr.trim()}`, 1, {
      cause: error,
    });
  }
}

function freeSubnet(): string {
  const taken = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  for (;;) {
    const subnet = `172.${randomInt(24, 32)}.${randomInt(1, 255)}`;
    if (!taken.some(({ address }) => address.startsWith(`${subnet}.`))) return subnet;
  }
}

function fileOf(rackFolder: string): string {
  return join(rackFolder, 'network.json');
}
