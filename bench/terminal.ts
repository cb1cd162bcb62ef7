/** What the gateway costs: a key's way to a real machine and back beside plain SSH, and the memory of a kept shell. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ClientChannel } from 'ssh2';
import WebSocket from 'ws';
import { defaultGatewaySettings, type PersonAccess } from '../src/daemon/gateway/contract.ts';
import { createGateway } from '../src/daemon/gateway/gateway.ts';
import { makeSeed } from '../src/lib/images/make-seed.ts';
import { seedFiles } from '../src/lib/images/seed.ts';
import { connectSsh } from '../src/lib/ssh.ts';
import { bootPlain } from '../test/helpers/boot-plain.ts';
import { logIn } from '../test/helpers/guest-ssh.ts';
import { silentLog } from '../test/helpers/module-context.ts';
import { testIdentity } from '../test/helpers/test-identity.ts';
import { tinyImage } from '../test/helpers/tiny-image.ts';
import type { Figure } from './figure.ts';

const keys = 300;
const shells = 40;
const password = 'bench-only';

export async function terminal(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const identity = testIdentity();
  await makeSeed(join(folder, 'seed'), seedFiles(identity));
  const guest = await bootPlain({ image: await tinyImage(), seed: join(folder, 'seed'), memory: 512 });
  try {
    const root = await logIn({
      port: guest.port,
      username: 'root',
      privateKey: identity.managementPrivateKey,
    });
    await root.run(`useradd -m -s /bin/sh ann; echo ann:${password} | chpasswd`);
    root.close();
    const endpoint = { host: '127.0.0.1', port: guest.port };
    const hostKeys = identity.hostKeys.map((key) => key.public);
    return await measure({ endpoint, username: 'ann', password, hostKeys });
  } finally {
    await guest.stop();
    await rm(folder, { recursive: true });
  }
}

async function measure(access: PersonAccess): Promise<Figure[]> {
  const plain = await plainEchoes(access);
  const house = await startGateway(access);
  const through = await gatewayEchoes(house.port);
  const before = memory();
  for (let id = 100; id < 100 + shells; id += 1) (await openWindow(house.port, id)).terminate();
  const perShell = (memory() - before) / shells / 1024;
  await house.stop();
  return [
    { name: 'echo through the gateway, P50', value: at(through, 0.5), unit: 'ms', against: ssh(plain, 0.5) },
    {
      name: 'echo through the gateway, P95',
      value: at(through, 0.95),
      unit: 'ms',
      against: ssh(plain, 0.95),
    },
    { name: 'memory of an idle shell without windows', value: perShell, unit: 'KB' },
  ];
}

const at = (sorted: readonly number[], share: number) => sorted[Math.floor(sorted.length * share)] ?? 0;
const ssh = (plain: readonly number[], share: number) => `plain SSH ${at(plain, share).toFixed(2)} ms`;

async function startGateway(access: PersonAccess) {
  const gateway = createGateway({
    redeemTicket: async (ticket) => ({ userId: 1, reservationId: Number(ticket) }),
    accessOf: async () => access,
    consoleOf: async () => null,
    opened: async () => undefined,
    publicUrl: null,
    log: silentLog,
    settings: defaultGatewaySettings,
  });
  const server = createServer().on('upgrade', gateway.upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    await gateway.close();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, stop };
}

/** A window whose shell is there. */
async function openWindow(port: number, reservationId: number): Promise<WebSocket> {
  const window = new WebSocket(`ws://127.0.0.1:${port}/gateway/terminal?ticket=${reservationId}`);
  for (;;) {
    const [data, isBinary] = await once(window, 'message');
    if (!isBinary && String(data).includes('ready')) return window;
  }
}

async function gatewayEchoes(port: number): Promise<number[]> {
  const window = await openWindow(port, 1);
  await once(window, 'message');
  const times = await echoes(
    (key) => window.send(Buffer.from(key)),
    () => once(window, 'message'),
  );
  window.terminate();
  return times;
}

async function plainEchoes(access: PersonAccess): Promise<number[]> {
  const { client } = await connectSsh({ ...access.endpoint, ...access });
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.shell((error, opened) => (error ? reject(error) : resolve(opened)));
  });
  await once(channel, 'data');
  const times = await echoes(
    (key) => channel.write(key),
    () => once(channel, 'data'),
  );
  client.end();
  return times;
}

/** Sorted milliseconds from each key to its echo. */
async function echoes(type: (key: string) => void, heard: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  type('cat >/dev/null\r');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  for (let key = 0; key < keys; key += 1) {
    const began = performance.now();
    const echo = heard();
    type('x');
    await echo;
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
