/** Writes what a browser sends into the person's home: under another name first, so that it is there whole or not at all. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { SFTPWrapper } from 'ssh2';
import { Problem } from '../problem.ts';
import {
  ask,
  isSftpError,
  openSftp,
  type PersonMachine,
  requireFolder,
  sftpStatus,
  statOf,
} from './person-files.ts';

interface FileSystemFacts {
  readonly f_bavail: number;
  readonly f_favail: number;
}

const unlinkMs = 5_000;
/** Fewer free blocks than this is full: some are always left. */
const fullBlocks = 64;

/** Replaces a file of that name in the folder. Throws Problem with what is in the way. */
export async function receiveFile(
  machine: PersonMachine,
  { folder, name }: { readonly folder: string; readonly name: string },
  request: IncomingMessage,
  mostBytes: number,
): Promise<{ readonly name: string; readonly size: number }> {
  if (folder !== '.') await requireFolder(machine, folder);
  const sftp = await openSftp(machine);
  const path = `${folder}/${name}`;
  if ((await statOf(sftp, path, machine.signal))?.isDirectory())
    throw new Problem(409, 'There is a folder of that name.');
  const temporary = `${folder}/.upload-${randomBytes(8).toString('hex')}`;
  try {
    const file = sftp.createWriteStream(temporary, { flags: 'wx', mode: 0o644 });
    const counter = limit(mostBytes);
    await pipeline(request, counter.stream, file, { signal: machine.signal });
    await rename(sftp, temporary, path, machine.signal);
    return { name, size: counter.size() };
  } catch (error) {
    const reason = await explained(sftp, folder, error, machine.signal);
    await remove(sftp, temporary);
    throw reason;
  }
}

/** Throws Problem when the browser announces more than may be sent. */
export function checkLength(request: IncomingMessage, mostBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > mostBytes) throw tooLarge(mostBytes);
}

function limit(mostBytes: number): { readonly stream: Transform; size(): number } {
  let size = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > mostBytes) done(tooLarge(mostBytes));
      else done(null, chunk);
    },
  });
  return { stream, size: () => size };
}

function tooLarge(mostBytes: number): Problem {
  const megabytes = Math.floor(mostBytes / (1024 * 1024));
  return new Problem(413, `The file is larger than ${megabytes} MB, the most that can be sent.`);
}

/** OpenSSH's extension replaces what is there, as rename(2) does; plain SFTP refuses to. */
async function rename(sftp: SFTPWrapper, from: string, to: string, signal: AbortSignal): Promise<void> {
  try {
    await ask<void>(signal, (answer) => sftp.ext_openssh_rename(from, to, answer));
  } catch (error) {
    const isUnknown = error instanceof Error && /does not support/.test(error.message);
    if (!isUnknown && !isSftpError(error, sftpStatus.unsupported)) throw error;
    await ask<void>(signal, (answer) => sftp.unlink(to, answer)).catch(() => undefined);
    await ask<void>(signal, (answer) => sftp.rename(from, to, answer));
  }
}

/** Also after an abort, as far as the connection still carries it. */
async function remove(sftp: SFTPWrapper, path: string): Promise<void> {
  await ask<void>(AbortSignal.timeout(unlinkMs), (answer) => sftp.unlink(path, answer)).catch(
    () => undefined,
  );
}

/** SFTP has one word for every failed write; how full the disk is says the rest. */
async function explained(
  sftp: SFTPWrapper,
  folder: string,
  error: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  if (isSftpError(error, sftpStatus.permissionDenied))
    return new Problem(403, 'Your account on the machine may not write there.', { cause: error });
  if (!isSftpError(error, sftpStatus.failure)) return error;
  if (await isFull(sftp, folder, signal))
    return new Problem(507, 'The disk of the machine is full.', { cause: error });
  return new Problem(502, 'The machine could not write the file.', { cause: error });
}

async function isFull(sftp: SFTPWrapper, folder: string, signal: AbortSignal): Promise<boolean> {
  const facts = await ask<FileSystemFacts>(signal, (answer) =>
    sftp.ext_openssh_statvfs(folder, answer),
  ).catch(() => null);
  return facts !== null && (facts.f_bavail < fullBlocks || facts.f_favail === 0);
}
