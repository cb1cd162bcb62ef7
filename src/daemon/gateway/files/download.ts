/** Sends one file, or a part of it, to the browser. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename } from 'node:path/posix';
import { pipeline } from 'node:stream/promises';
import type { Stats } from 'ssh2';
import { Problem } from '../problem.ts';
import { type ByteRange, entityTag, rangeOf } from './byte-range.ts';
import { downloadHeaders } from './names.ts';
import { ask, isSftpError, openSftp, type PersonMachine, sftpStatus, statOf } from './person-files.ts';

/** Throws Problem when there is no such file; cuts the response when the file breaks off. */
export async function sendFile(
  machine: PersonMachine,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sftp = await openSftp(machine);
  const stats = await statOf(sftp, path, machine.signal);
  if (!stats) throw new Problem(404, 'There is no such file.');
  if (!stats.isFile())
    throw new Problem(422, 'path: is not a file. A folder can be downloaded as an archive.');
  const handle = await ask<Buffer>(machine.signal, (answer) => sftp.open(path, 'r', answer)).catch(refusal);
  const range = begin(request, response, basename(path), stats);
  if (range === null || request.method === 'HEAD') return void response.end();
  const { first, last } = range;
  const file = sftp.createReadStream(path, { handle, start: first, end: last });
  await pipeline(file, whole(last - first + 1), response, { signal: machine.signal });
}

/** Answers with the headers; null when nothing follows them. */
function begin(
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  { size, mtime }: Stats,
): ByteRange | null {
  const etag = entityTag({ size, mtime }, Date.now() / 1_000);
  const range = rangeOf(request.headers, { size, mtime }, etag);
  const headers = { ...downloadHeaders(name), 'accept-ranges': 'bytes', etag };
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': 0 });
    return null;
  }
  const { first, last } = range ?? { first: 0, last: size - 1 };
  const part = range ? { 'content-range': `bytes ${first}-${last}/${size}` } : {};
  response.writeHead(range ? 206 : 200, { ...headers, ...part, 'content-length': last - first + 1 });
  return last < first ? null : { first, last };
}

/** A file may shrink while it is read: what is shorter than was said is broken off, so that nobody takes it for the whole. */
function whole(length: number): (file: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* pass(file) {
    let left = length;
    for await (const bytes of file) {
      left -= bytes.length;
      yield bytes;
    }
    if (left > 0) throw new Problem(502, 'The file became shorter while it was read.');
  };
}

export function refusal(cause: unknown): never {
  if (isSftpError(cause, sftpStatus.permissionDenied))
    throw new Problem(403, 'Your account on the machine may not read this.', { cause });
  throw cause;
}
