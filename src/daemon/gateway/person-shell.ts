/** A login shell on a machine, as the reservation's person. */
import type { ClientChannel } from 'ssh2';
import { terminalMark } from '../../domain/contracts/os.ts';
import { abortable } from '../../lib/abortable.ts';
import { connectSsh, type SshConnection } from '../../lib/ssh.ts';
import type { PersonAccess } from './contract.ts';
import type { Size } from './terminal-window.ts';

/** `left`: the person left the shell. `lost`: the machine or the connection went away under it. */
export type ShellEnd = 'left' | 'lost';

export interface PersonShell {
  readonly channel: ClientChannel;
  /** Never rejects. The connection is closed by then. */
  readonly over: Promise<ShellEnd>;
}

export interface Patience {
  readonly signal: AbortSignal;
  /** How long the machine's first byte is waited for; 5,000 unless told. */
  readonly bannerTimeoutMs?: number;
}

const keepAliveMs = 5_000;
/** The person's own login shell, marked as ours: kept without a window it is no sign that its person is there. */
const loginShell = `${terminalMark} exec "$SHELL" -l`;

/** Signs in with the pinned host keys. Rejects with SshError, or with `signal.reason` when aborted. The caller ends it. */
export function connectPerson(access: PersonAccess, patience: Patience): Promise<SshConnection> {
  const { endpoint, username, password, hostKeys } = access;
  return connectSsh({ ...endpoint, username, password, hostKeys }, { ...patience, keepAliveMs });
}

/** Opens a shell; it is closed when the signal aborts. Rejects as `connectPerson`. */
export async function openShell(access: PersonAccess, size: Size, patience: Patience): Promise<PersonShell> {
  const { signal } = patience;
  const connection = await connectPerson(access, patience);
  try {
    return await abortable(startShell(connection, size, signal), signal);
  } catch (error) {
    connection.client.destroy();
    throw error;
  }
}

/** Listens at once: a shell may end in the same breath that it begins. */
function startShell(connection: SshConnection, size: Size, signal: AbortSignal): Promise<PersonShell> {
  const { client } = connection;
  const { cols, rows } = size;
  return new Promise((resolve, reject) => {
    client.once('close', () => reject(new Error('the connection closed before a shell was there')));
    const pty = { term: 'xterm-256color', cols, rows, width: 0, height: 0 };
    client.exec(loginShell, { pty }, (error, channel) => {
      if (error) reject(error);
      else resolve({ channel, over: shellEnd(connection, channel, signal) });
    });
  });
}

/** A shell that ends with a code was left; one that is killed, or whose connection breaks, was lost. */
function shellEnd(connection: SshConnection, channel: ClientChannel, signal: AbortSignal): Promise<ShellEnd> {
  return new Promise((resolve) => {
    let end: ShellEnd = 'lost';
    const close = () => connection.client.destroy();
    signal.addEventListener('abort', close, { once: true });
    channel.on('error', close);
    channel.once('exit', (code: number | null) => {
      if (code !== null) end = 'left';
    });
    channel.stderr.resume();
    channel.once('close', close);
    connection.client.once('close', () => {
      signal.removeEventListener('abort', close);
      resolve(end);
    });
  });
}
