/** The files of a reservation's person, over SFTP as that person: what the machine allows them is what they may. */
import type { Client, SFTPWrapper, Stats } from 'ssh2';
import { abortable } from '../../../lib/abortable.ts';
import { SshError } from '../../../lib/ssh.ts';
import type { PersonAccess } from '../contract.ts';
import { connectPerson } from '../person-shell.ts';
import { Problem } from '../problem.ts';

export interface PersonMachine {
  readonly client: Client;
  /** Fires also when the connection breaks. */
  readonly signal: AbortSignal;
}

/** Signs in, does the work, signs out. Throws Problem when the machine does not let the person in. */
export async function onMachine<T>(
  access: PersonAccess,
  signal: AbortSignal,
  work: (machine: PersonMachine) => Promise<T>,
): Promise<T> {
  const { client } = await connectPerson(access, { signal }).catch((error: unknown) => {
    throw error instanceof SshError ? unreachable(error) : error;
  });
  const broken = new AbortController();
  client.once('close', () => broken.abort(new Problem(502, 'The connection to the machine was lost.')));
  const either = AbortSignal.any([signal, broken.signal]);
  try {
    return await work({ client, signal: either });
  } catch (error) {
    throw either.aborted ? either.reason : error;
  } finally {
    client.destroy();
  }
}

/** The connection's one SFTP session, begun at first use. */
export function openSftp(machine: PersonMachine): Promise<SFTPWrapper> {
  const opened = sessions.get(machine.client) ?? beginSftp(machine);
  sessions.set(machine.client, opened);
  return opened;
}

const sessions = new WeakMap<Client, Promise<SFTPWrapper>>();

async function beginSftp({ client, signal }: PersonMachine): Promise<SFTPWrapper> {
  const opening = new Promise<SFTPWrapper>((resolve, reject) => {
    client.sftp((error, sftp) => (error ? reject(error) : resolve(sftp)));
  });
  return await abortable(opening, signal).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw new Problem(502, 'This machine cannot exchange files (it has no SFTP).', { cause });
  });
}

/** Calls one of ssh2's functions that end with a callback. Rejects with its error, or with `signal.reason`. */
export function ask<T>(
  signal: AbortSignal,
  start: (answer: (error: Error | null | undefined, value?: T) => void) => void,
): Promise<T> {
  const asked = new Promise<T>((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
  return abortable(asked, signal);
}

/** Looks at what a path leads to; null when there is nothing. */
export async function statOf(sftp: SFTPWrapper, path: string, signal: AbortSignal): Promise<Stats | null> {
  return await ask<Stats>(signal, (answer) => sftp.stat(path, answer)).catch((error: unknown) => {
    if (isSftpError(error, sftpStatus.noSuchFile)) return null;
    if (isSftpError(error, sftpStatus.permissionDenied))
      throw new Problem(403, 'Your account on the machine may not look there.', { cause: error });
    throw error;
  });
}

/** Throws Problem when the path leads to no folder. */
export async function requireFolder(machine: PersonMachine, path: string): Promise<void> {
  const sftp = await openSftp(machine);
  const stats = await statOf(sftp, path, machine.signal);
  if (!stats) throw new Problem(404, 'There is no such folder.');
  if (!stats.isDirectory()) throw new Problem(422, 'folder: is not a folder.');
}

/** draft-ietf-secsh-filexfer-02, section 7. */
export const sftpStatus = {
  endOfFile: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  unsupported: 8,
} as const;

export function isSftpError(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function unreachable(error: SshError): Problem {
  const sentence =
    error.failure === 'denied' ? 'The machine does not accept your account.' : 'The machine does not answer.';
  return new Problem(502, sentence, { cause: error });
}
