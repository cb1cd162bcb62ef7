import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../src/lib/exec.ts';

const user = userInfo().username;

/** A folder with the files of an empty installation in `data`. It is gone when the process is. */
export async function installMariaDb(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-mariadb-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await exec('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${folder}`,
    `--user=${user}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=32M',
  ]);
  return folder;
}

/** A server of this process alone: a socket and no port. It is gone when the process is. */
export interface MariaDbServer {
  /** The address of a database on it, for `LABRADOR_DATABASE_URL`. */
  url(database: string): string;
  /** Ends it as an operator would. */
  stop(): Promise<void>;
}

/** Starts one on the files in a subfolder of `folder`; resolves when it answers. */
export async function runMariaDb(
  folder: string,
  name: string,
  { args = [], path = '' }: { readonly args?: readonly string[]; readonly path?: string } = {},
): Promise<MariaDbServer> {
  const socket = join(folder, `${name}.socket`);
  const log = join(folder, `${name}.log`);
  mkdirSync(join(folder, `${name}-tmp`), { recursive: true });
  const all = [...serverArguments(folder, name, socket), ...args];
  const child = spawn(...dyingWithUs('mariadbd', all), {
    stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')],
    env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
  });
  child.unref();
  process.prependOnceListener('exit', () => child.kill('SIGKILL'));
  await answering(socket, () => {
    if (child.exitCode !== null) throw new Error(`mariadbd did not start:\n${readFileSync(log, 'utf8')}`);
  });
  const at = encodeURIComponent(socket);
  return {
    url: (database) => `mysql://root@localhost/${database}?socketPath=${at}`,
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  child.ref();
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/**
 * Durability is switched off, as nobody needs these databases after a power cut. A server that starts empties where temporary tables
 * lie: another's of theirs, were that the same folder.
 */
function serverArguments(folder: string, name: string, socket: string): string[] {
  return [
    '--no-defaults',
    `--datadir=${join(folder, name)}`,
    `--tmpdir=${join(folder, `${name}-tmp`)}`,
    `--socket=${socket}`,
    `--user=${user}`,
    '--skip-networking',
    '--skip-name-resolve',
    '--innodb-buffer-pool-size=64M',
    '--innodb-log-file-size=32M',
    '--innodb-flush-log-at-trx-commit=0',
    '--innodb-flush-method=nosync',
    '--max-connections=300',
  ];
}

function dyingWithUs(command: string, args: string[]): [string, string[]] {
  const setpriv = '/usr/bin/setpriv';
  return existsSync(setpriv) ? [setpriv, ['--pdeathsig', 'KILL', '--', command, ...args]] : [command, args];
}

async function answering(socket: string, check: () => void): Promise<void> {
  for (;;) {
    check();
    const connected = await new Promise<boolean>((resolve) => {
      const connection = createConnection(socket);
      connection.once('data', () => resolve(true));
      connection.once('data', () => connection.destroy());
      connection.once('error', () => resolve(false));
    });
    if (connected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
