/**
 * What a machine without a disk of its own is served: its overlay, its seed, and its kernel's modules, by one process for each
 * machine. It outlives the daemon and the image server, and is begun anew whenever its machine starts: what an earlier start
 * of the machine still holds is cut, so that a disk is never open twice.
 */
import { chmod, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { cannotListen } from '../../../../../src/lib/cannot-listen.ts';
import {
  endProcess,
  isRunning,
  type ProcessId,
  startDetached,
} from '../../../../../src/lib/detached-process.ts';
import { freePort } from '../../../../../src/lib/free-port.ts';
import { randomLetters } from '../../../../../src/lib/secrets.ts';
import { sleep } from '../../../../../src/lib/sleep.ts';
import { readJson } from '../read-json.ts';
import { overlayFile } from './overlay.ts';

const exportedDisks = ['disk', 'seed', 'modules'] as const;
/** What each is called this time: drawn anew for each start, so that nobody has another's by mistake. */
export type ExportNames = Readonly<Record<(typeof exportedDisks)[number], string>>;

interface Exported {
  /** The load's folder, which has its overlay. */
  readonly folder: string;
  readonly base: { readonly file: string; readonly format: 'qcow2' | 'raw' };
  readonly seed: string;
  readonly modules: string;
  readonly way: ExportWay;
}

/** How a machine reaches them, and nobody else. */
export type ExportWay =
  /** By the socket `nbd.sock` in its own folder, which others cannot enter. */
  | { readonly folder: string }
  /** By TCP: this address of ours, for that (IPv4) of the machine alone. */
  | { readonly host: string; readonly machine: string };

export interface Served {
  /** Where a machine that has a socket of its own finds its way to it, or the TCP port. */
  readonly port: number;
  readonly names: ExportNames;
}

const program = 'qemu-storage-daemon';
const exportSocket = 'nbd.sock';
/** IANA's port of NBD. */
const usualPort = 10_809;
const graceMs = 10_000;
const startMs = 30_000;
const recordSchema = z.array(z.object({ pid: z.number(), started: z.string() }));

const filesOf = (folder: string) => ({
  record: join(folder, 'exports.json'),
  /** Written by the program itself when everything is open. */
  pid: join(folder, 'exports.pid'),
  log: join(folder, 'exports.log'),
});

/** Ends what was served before, and serves; machines can connect when it resolves. Rejects with what the programs said. */
export async function startExports(exported: Exported): Promise<Served> {
  const { folder, way } = exported;
  await stopExports(folder);
  const files = filesOf(folder);
  const names = { disk: randomLetters(26), seed: randomLetters(26), modules: randomLetters(26) };
  const log = await open(files.log, 'w', 0o600);
  const running: ProcessId[] = [];
  /** Runs it until it is ready; recorded first, so that it is found whatever happens. */
  async function run(words: readonly [string, ...string[]], cwd: string, isReady: () => Promise<boolean>) {
    const [command, ...args] = words;
    const id = await startDetached(command, args, { cwd, log: log.fd });
    running.push(id);
    await writeFileAtomic(files.record, JSON.stringify(running));
    for (let waited = 0; !(await isReady()); waited += 20) {
      if (waited < startMs && (await isRunning(id))) await sleep(20);
      else throw new Error(`${command} does not start: ${(await readFile(files.log, 'utf8')).trim()}`);
    }
  }
  try {
    const cwd = 'folder' in way ? way.folder : folder;
    const socket = join(cwd, exportSocket);
    await rm(socket, { force: true });
    // Its load may have ended in the meantime, and taken the folder away: then it is never ready.
    const isOpen = async () => (await readFile(files.pid, 'utf8').catch(() => '')) !== '';
    await run([program, ...commandLine(exported, names)], cwd, isOpen);
    if ('folder' in way) {
      // Its machine runs as another user there.
      await chmod(socket, 0o666);
      return { port: usualPort, names };
    }
    const port = await freePort(way.host);
    const listen = `TCP4-LISTEN:${port},bind=${way.host},range=${way.machine}/32,reuseaddr,fork,keepalive`;
    const listens = async () => (await cannotListen(way.host, port)) !== null;
    await run(['socat', listen, `UNIX-CONNECT:${exportSocket}`], cwd, listens);
    return { port, names };
  } catch (error) {
    for (const id of running) await endProcess(id, graceMs);
    await stopExports(folder);
    throw error;
  } finally {
    await log.close();
  }
}

/** What the machine was told that it wrote is in the overlay when this resolves. Nothing where nothing is served. */
export async function stopExports(folder: string): Promise<void> {
  const files = filesOf(folder);
  for (const id of (await readJson(files.record, recordSchema)) ?? []) await endProcess(id, graceMs);
  for (const file of [files.record, files.pid]) await rm(file, { force: true });
}

/** All that its machine was given is still served. */
export async function areExported(folder: string): Promise<boolean> {
  const running = (await readJson(filesOf(folder).record, recordSchema)) ?? [];
  return running.length > 0 && (await Promise.all(running.map(isRunning))).every((runs) => runs);
}

/** Every layer is spelt out: no format is guessed, and no name inside a file is followed. */
function commandLine({ folder, base, seed, modules }: Exported, names: ExportNames): string[] {
  const file = (filename: string) => ({ driver: 'file', filename });
  const backing = {
    driver: base.format,
    'read-only': true,
    ...(base.format === 'qcow2' ? { backing: null } : {}),
    file: file(base.file),
  };
  const overlay = { ...file(overlayFile(folder)), discard: 'unmap' };
  const nodes = [
    { driver: 'qcow2', 'node-name': 'disk', discard: 'unmap', file: overlay, backing },
    { driver: 'raw', 'node-name': 'seed', 'read-only': true, file: file(seed) },
    { driver: 'raw', 'node-name': 'modules', 'read-only': true, file: file(modules) },
  ];
  const exports = exportedDisks.map((id) => ({
    ...{ type: 'nbd', id, 'node-name': id, name: names[id], writable: id === 'disk' },
  }));
  return [
    ...nodes.flatMap((node) => ['--blockdev', JSON.stringify(node)]),
    ...['--nbd-server', `addr.type=unix,addr.path=${exportSocket},max-connections=${exportedDisks.length}`],
    ...exports.flatMap((each) => ['--export', JSON.stringify(each)]),
    ...['--pidfile', filesOf(folder).pid],
  ];
}
