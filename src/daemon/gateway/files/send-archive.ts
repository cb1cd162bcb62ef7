/** Sends a folder, or the whole home, as an archive that the machine makes while it is sent. */
import type { ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path/posix';
import { pipeline } from 'node:stream/promises';
import type { ClientChannel } from 'ssh2';
import { Problem } from '../problem.ts';
import { downloadHeaders } from './names.ts';
import { ask, type PersonMachine, requireFolder } from './person-files.ts';

/** `folder` is `.` for the home, which is then called `homeName`. Throws Problem when it cannot be packed. */
export async function sendArchive(
  machine: PersonMachine,
  folder: string,
  homeName: string,
  response: ServerResponse,
): Promise<void> {
  await requireFolder(machine, folder);
  const { channel, ended } = await pack(machine, folder);
  const first = await Promise.race([firstBytes(channel), ended]);
  if (typeof first === 'number')
    throw new Problem(502, 'The machine could not pack the folder (it may have no tar).');
  response.writeHead(200, downloadHeaders(`${folder === '.' ? homeName : basename(folder)}.tar.gz`));
  await pipeline(channel, response, { signal: machine.signal, end: false });
  // 1 and 2: a file changed while it was read, or may not be read; the rest is there.
  if ((await ended) > 2) throw new Problem(502, 'The machine could not pack the whole folder.');
  response.end();
}

/** Listens at once: a command may end in the same breath that it begins. */
function pack(
  { client, signal }: PersonMachine,
  folder: string,
): Promise<{ channel: ClientChannel; ended: Promise<number> }> {
  return ask(signal, (answer) => {
    client.exec(command(folder), (error, channel) => {
      if (error) return answer(error);
      channel.stderr.resume();
      return answer(null, { channel, ended: exitCode(channel) });
    });
  });
}

/** The folder goes in under its own name, with `./` before it: no name is taken for an option. */
function command(folder: string): string {
  if (folder === '.') return 'tar czf - .';
  return `cd ${quoted(dirname(folder))} && tar czf - ${quoted(basename(folder))}`;
}

function quoted(path: string): string {
  return `'./${path.replaceAll("'", `'\\''`)}'`;
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
