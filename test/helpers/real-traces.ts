/** What an installation has really left on this computer and in its machines: looked up outside of what it knows itself. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { relative } from 'node:path';
import type { NodeRow } from '../../db/rows.ts';
import { reading } from '../../db/transaction.ts';
import type { LoadSecrets } from '../../src/domain/contracts/facts.ts';
import { logIn } from './guest-ssh.ts';
import type { Lab } from './lab.ts';

export interface Traces {
  /** Every process that was started in the installation's directory, or is told of a file in it: its name and where it is. */
  readonly processes: readonly string[];
  readonly files: readonly string[];
  /** What those processes listen on. */
  readonly ports: readonly string[];
  /** People's accounts on the machines that run, by machine. */
  readonly accounts: readonly string[];
}

export async function tracesOf(lab: Lab): Promise<Traces> {
  const pids = processesOf(lab.directory);
  const nodes = await reading(lab.db, (reader) => reader.rows<NodeRow>('SELECT * FROM nodes'));
  const held = await reading(lab.db, (reader) =>
    reader.rows<{ port: number }>(
      'SELECT user_port AS port FROM allocations WHERE released_at IS NULL AND user_port IS NOT NULL',
    ),
  );
  const known = new Map([
    ...nodes.map((node) => [node.management_port, `management of ${node.name}`] as const),
    ...held.map(({ port }) => [port, "its person's"] as const),
  ]);
  const on = nodes.filter((node) => node.power === 'on');
  return {
    processes: pids.map((pid) => `${nameOf(pid)} ${relative(lab.directory, placeOf(pid))}`).sort(),
    files: readdirSync(lab.directory, { recursive: true, encoding: 'utf8' }).sort(),
    ports: pids
      .flatMap(portsOf)
      .map((port) => known.get(port) ?? `port ${port} of nobody`)
      .sort(),
    accounts: (await Promise.all(on.map((node) => accountsOn(lab, node)))).flat().sort(),
  };
}

/** Those that were started in it, or have a name in it on their command line; not what only writes a database there. */
export function processesOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => placeOf(pid).startsWith(directory) || commandOf(pid).includes(directory));
}

const quietly = (read: () => string): string => {
  try {
    return read();
  } catch {
    return ''; // it has ended meanwhile
  }
};
const nameOf = (pid: number) => quietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
const placeOf = (pid: number) => quietly(() => readlinkSync(`/proc/${pid}/cwd`));
const commandOf = (pid: number) => quietly(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));

function portsOf(pid: number): number[] {
  const files = readdirSync(`/proc/${pid}/fd`).map((fd) =>
    quietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  const rows = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const listening = rows.filter(
    ([, , , state, , , , , , inode]) => state === '0A' && files.includes(`socket:[${inode}]`),
  );
  return listening.map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16));
}

/** `ann open`: with a password and a shell; `ann locked`: with neither. A home without an account is one, too. */
async function accountsOn(lab: Lab, node: NodeRow): Promise<string[]> {
  const [passwd = '', shadow = '', homes = ''] = (
    await asRoot(lab, node, 'cat /etc/passwd; echo =; cat /etc/shadow; echo =; ls /home')
  ).split('=\n');
  const people = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , uid]) => Number(uid) >= 1000 && Number(uid) < 60_000);
  const accounts = people.map(([name, , , , , , shell]) => {
    const open = shadow.includes(`\n${name}:$`) && shell !== '/usr/sbin/nologin';
    return `${name} ${open ? 'open' : 'locked'}`;
  });
  const names = people.map(([name]) => name);
  const alone = homes.split('\n').filter((home) => home && !names.includes(home));
  return [...accounts, ...alone.map((home) => `${home} without an account`)].map(
    (each) => `${node.name}: ${each}`,
  );
}

/** Runs a command on a machine as the daemon would, over a connection of our own. */
export async function asRoot(lab: Lab, node: NodeRow, command: string): Promise<string> {
  const { managementKey } = JSON.parse(lab.deps.cipher.open(node.secrets ?? '')) as LoadSecrets;
  const shell = await logIn({
    port: Number(node.management_port),
    username: 'root',
    privateKey: managementKey,
  });
  try {
    return (await shell.run(command)).output;
  } finally {
    shell.close();
  }
}
