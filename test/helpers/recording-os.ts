import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModuleContext } from '../../src/domain/contracts/module-context.ts';
import type { Connected, OsModule } from '../../src/domain/contracts/os.ts';
import { artefactName, revisionName } from '../../src/domain/contracts/provisioning.ts';

/** What is on a test machine's disk: kept in a file named as its load is, so that it survives a kill and not a new load. */
export interface GuestDisk {
  image: string | null;
  accounts: Record<string, 'locked' | 'open'>;
  /** The SSH keys of the account that was opened last, once it had one. */
  keys?: readonly string[];
}

type Where = Pick<ModuleContext, 'directory' | 'installation' | 'node'>;

const guestFile = (where: Where) =>
  join(where.directory, 'guests', artefactName(where.installation, where.node));

/** There once the system switched the machine off from inside. */
export const offFile = (where: Where) => `${guestFile(where)}.off`;

function readDisk(where: Where): GuestDisk {
  try {
    return JSON.parse(readFileSync(guestFile(where), 'utf8')) as GuestDisk;
  } catch {
    return { image: null, accounts: {} };
  }
}

function changeDisk(where: Where, change: (disk: GuestDisk) => void): Promise<void> {
  const disk = readDisk(where);
  change(disk);
  mkdirSync(dirname(guestFile(where)), { recursive: true });
  writeFileSync(guestFile(where), JSON.stringify(disk));
  return Promise.resolve();
}

/** Says whether people are logged in to the machines of a pool's directory; nobody is until a test says so. */
export function sayConnected(directory: string, connected: Connected): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'connected'), connected);
}

function readConnected(directory: string): Connected {
  try {
    return readFileSync(join(directory, 'connected'), 'utf8') as Connected;
  } catch {
    return 'no';
  }
}

/** Says for how many seconds nothing was typed on the machines of a pool's directory. */
export function sayIdle(directory: string, seconds: number | null): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'idle'), String(seconds ?? ''));
}

function readIdle(directory: string): number | null {
  try {
    const text = readFileSync(join(directory, 'idle'), 'utf8');
    return text === '' ? null : Number(text);
  } catch {
    return null;
  }
}

/** The sentences shown on terminals, in order. */
export function readMessages(directory: string): string[] {
  try {
    return readFileSync(join(directory, 'messages'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** Says from where SSH is used, to the machines of a pool's directory. */
export function sayConnections(directory: string, from: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'connections'), from.join('\n'));
}

export function readConnections(directory: string): string[] {
  try {
    return readFileSync(join(directory, 'connections'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

const nothing = () => Promise.resolve();

/** An OS module whose machines are files: it does what the contract says, and a test can look at what it did. */
export const recordingOs: OsModule = {
  id: 'recording',
  title: 'Recorded',
  prepare: nothing,
  addresses: () => Promise.resolve([]),
  meet: nothing,
  connections: (context) => Promise.resolve(readConnections(context.directory)),
  add_user: (context, { username }) =>
    changeDisk(context, (disk) => {
      disk.accounts[username] ??= 'locked';
    }),
  remove_user: (context, username) =>
    changeDisk(context, (disk) => {
      delete disk.accounts[username];
    }),
  open_access: (context, { username, sshKeys }) =>
    changeDisk(context, (disk) => {
      disk.accounts[username] = 'open';
      if (sshKeys.length > 0 || disk.keys) disk.keys = sshKeys;
    }),
  close_access: (context, username) =>
    changeDisk(context, (disk) => {
      disk.accounts[username] = 'locked';
    }),
  connected: ({ directory }) => Promise.resolve(readConnected(directory)),
  idle: ({ directory }) => Promise.resolve(readIdle(directory)),
  message: ({ directory }, _username, sentence) => {
    appendFileSync(join(directory, 'messages'), `${sentence}\n`);
    return Promise.resolve();
  },
  sanitize: (context, username) =>
    changeDisk(context, (disk) => {
      delete disk.accounts[username];
    }),
  pre_capture: nothing,
  post_load: (context) =>
    changeDisk(context, (disk) => {
      disk.image = context.revision ? revisionName(context.revision) : null;
    }),
  current_image: (context) => Promise.resolve(readDisk(context).image),
  reboot: nothing,
  shutdown: (context) => {
    mkdirSync(dirname(offFile(context)), { recursive: true });
    writeFileSync(offFile(context), '');
    return Promise.resolve();
  },
};
