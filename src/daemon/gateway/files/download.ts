/** Sends one file, or the whole home as an archive, to the browser. */
import type { ServerResponse } from 'node:http';
import { basename } from 'node:path/posix';
import { pipeline } from 'node:stream/promises';
import type { ClientChannel } from 'ssh2';
import { Problem } from '../problem.ts';
import { checkPath, downloadHeaders } from './names.ts';
import { ask, isSftpError, openSftp, type PersonMachine, sftpStatus, statOf } from './person-files.ts';

/** Throws Problem when there is no such file; cuts the response when the file breaks off. */
export async function sendFile(
  machine: PersonMachine,
  wanted: string,
  response: ServerResponse,
): Promise<void> {
  const path = checkPath(wanted);
  const sftp = await openSftp(machine);
  const stats = await statOf(sftp, path, machine.signal);
  if (!stats) throw new Problem(404, 'There is no such file.');
  if (!stats.isFile())
    throw new Problem(422, 'path: is not a file. The whole home can be downloaded as an archive.');
  const handle = await ask<Buffer>(machine.signal, (answer) => sftp.open(path, 'r', answer)).catch(refusal);
  // The length is no promise: a log may grow or shrink while it is read.
  response.writeHead(200, downloadHeaders(basename(path)));
  await pipeline(sftp.createReadStream(path, { handle }), response, { signal: machine.signal });
}

/** The home as tar.gz, made on the machine. */
export async function sendArchive(
  machine: PersonMachine,
  response: ServerResponse,
  name: string,
): Promise<void> {
  const { channel, ended } = await pack(machine);
  const first = await Promise.race([firstBytes(channel), ended]);
  if (typeof first === 'number')
    throw new Problem(502, 'The machine could not pack the home folder (it may have no tar).');
  response.writeHead(200, downloadHeaders(name));
  await pipeline(channel, response, { signal: machine.signal, end: false });
  // 1 and 2: a file changed while it was read, or may not be read; the rest is there.
  if ((await ended) > 2) throw new Problem(502, 'The machine could not pack the whole home folder.');
  response.end();
}

/** Listens at once: a command may end in the same breath that it begins. */
function pack({
  client,
  signal,
}: PersonMachine): Promise<{ channel: ClientChannel; ended: Promise<number> }> {
  return ask(signal, (answer) => {
    client.exec('tar czf - .', (error, channel) => {
      if (error) return answer(error);
      channel.stderr.resume();
      return answer(null, { channel, ended: exitCode(channel) });
    });
  });
}

function firstBytes(channel: ClientChannel): Promise<'bytes'> {
  return new Promise((resolve) => {
    channel.once('readable', () => {
      if (channel.readableLength > 0) resolve('bytes');
    });
  });
}

function exitCode(channel: ClientChannel): Promise<number> {
  return new Promise((resolve) => {
    channel.once('exit', (code: number | null) => resolve(code ?? 255));
    channel.once('close', () => resolve(255));
  });
}

function refusal(cause: unknown): never {
  if (isSftpError(cause, sftpStatus.permissionDenied))
    throw new Problem(403, 'Your account on the machine may not read this file.', { cause });
  throw cause;
}
