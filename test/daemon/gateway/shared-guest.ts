/** One real machine for all tests of the gateway: tiny under QEMU with two people on it, booted at first use. */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'mocha';
import type { PersonAccess } from '../../../src/daemon/gateway/contract.ts';
import { makeSeed } from '../../../src/lib/images/make-seed.ts';
import { seedFiles } from '../../../src/lib/images/seed.ts';
import { bootPlain, type PlainGuest } from '../../helpers/boot-plain.ts';
import { freePort } from '../../helpers/free-port.ts';
import { type GuestShell, logIn } from '../../helpers/guest-ssh.ts';
import { testIdentity } from '../../helpers/test-identity.ts';
import { tinyImage } from '../../helpers/tiny-image.ts';

export interface SharedGuest {
  readonly folder: string;
  /** How ann gets in. Bert is `{ ...access, username: 'bert' }`. */
  readonly access: PersonAccess;
  /** Runs a script as root. Rejects when it fails. */
  asRoot(script: string): Promise<string>;
  /** Kills its QEMU, as the power going would. */
  kill(): Promise<void>;
  /** Boots it again, at the same address and with the same keys and people; their files are gone. */
  bootAgain(): Promise<void>;
  /** The second network card's proxy connects to this unix socket when the guest asks 10.9.0.100:3128. */
  readonly proxySocket: string;
  /** What the guest writes to /dev/ttyS1. */
  readonly consoleLog: string;
}

let shared: Promise<SharedGuest> | null = null;

/** Boots it once. It ends with the last test of this process. */
export function sharedGuest(): Promise<SharedGuest> {
  shared ??= boot();
  return shared;
}

after(async () => {
  if (!shared) return;
  const { kill, folder } = await shared;
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function boot(): Promise<SharedGuest> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-gateway-'));
  const identity = testIdentity();
  const seed = join(folder, 'seed');
  await makeSeed(seed, seedFiles(identity));
  const [proxySocket, consoleLog] = [join(folder, 'proxy.sock'), join(folder, 'console.log')];
  const port = await freePort();
  const asRoot = (script: string) => runAsRoot(port, identity.managementPrivateKey, script);
  let guest: PlainGuest;
  const bootAgain = async () => {
    const extra = extras(folder, proxySocket, consoleLog);
    guest = await bootPlain({ image: await tinyImage(), seed, port, extra, timeoutMs: 90_000 });
    await asRoot('for n in ann bert; do useradd -m -s /bin/sh $n; echo "$n:pass-$n" | chpasswd; done');
  };
  await bootAgain();
  const hostKeys = identity.hostKeys.map((key) => key.public);
  const access = { endpoint: { host: '127.0.0.1', port }, username: 'ann', password: 'pass-ann', hostKeys };
  return { folder, access, asRoot, kill: () => guest.stop(), bootAgain, proxySocket, consoleLog };
}

/** As the qemu module has them: the web by guestfwd, the console by a socket that also keeps a log. */
function extras(folder: string, proxySocket: string, consoleLog: string): string[] {
  const forward = `guestfwd=tcp:10.9.0.100:3128-cmd:socat - UNIX-CONNECT:${proxySocket}`;
  return [
    ...['-netdev', `user,id=web,restrict=on,net=10.9.0.0/24,${forward}`],
    ...['-device', 'virtio-net-pci,netdev=web,romfile='],
    ...['-chardev', `socket,id=com2,path=${join(folder, 'com2')},server=on,wait=off,logfile=${consoleLog}`],
    ...['-serial', 'chardev:com2'],
  ];
}

async function runAsRoot(port: number, privateKey: string, script: string): Promise<string> {
  const shell: GuestShell = await logIn({ port, username: 'root', privateKey });
  try {
    const { output, code } = await shell.run(script);
    if (code !== 0) throw new Error(`${script} ended with ${code}: ${output}`);
    return output;
  } finally {
    shell.close();
    await once(shell.client, 'close');
  }
}
