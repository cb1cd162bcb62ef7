import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { exec } from '../../src/lib/exec.ts';

/** A MariaDB of this process alone: a socket in a directory of its own, no port. It is gone when the process is. */
export interface MariaDb {
  /** The address of a database on it, for `LABRADOR_DATABASE_URL`. */
  url(database: string): string;
}

let running: Promise<MariaDb> | undefined;

/** Starts it at the first call (about five seconds); later calls get the same one. */
export function startMariaDb(): Promise<MariaDb> {
  running ??= start();
  return running;
}

async function start(): Promise<MariaDb> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-mariadb-'));
  const removeFolder = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFolder);
  const data = join(folder, 'data');
  const user = userInfo().username;
  await exec('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${folder}`,
    `--user=${user}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=32M',
  ]);
  const socket = join(folder, 'socket');
  const log = join(folder, 'log');
  const child = spawn(...dyingWithUs('mariadbd', serverArguments(folder, socket, user)), {
    stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')],
  });
  child.unref();
  process.removeListener('exit', removeFolder);
  process.once('exit', () => {
    child.kill('SIGKILL');
    removeFolder();
  });
  await answering(socket, () => {
    if (child.exitCode !== null) throw new Error(`mariadbd did not start:\n${readFileSync(log, 'utf8')}`);
  });
  const at = encodeURIComponent(socket);
  return { url: (database) => `mysql://root@localhost/${database}?socketPath=${at}` };
}

/**
 * Durability is switched off, as nobody needs these databases after a power cut. A server that starts empties where temporary tables
 * lie: another's of theirs, were that the same folder.
 */
function serverArguments(folder: string, socket: string, user: string): string[] {
  return [
    '--no-defaults',
    `--datadir=${join(folder, 'data')}`,
    `--tmpdir=${folder}`,
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
