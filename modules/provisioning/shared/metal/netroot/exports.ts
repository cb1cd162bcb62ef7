/**
 * What a machine without a disk of its own is served: its overlay, its seed, and its kernel's modules, by one process for each
 * machine. It outlives the daemon and the image server, and is begun anew whenever its machine starts: what an earlier start
 * of the machine still holds is cut, so that a disk is never open twice.
 */
import { chmod, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../../../src/lib/atomic-file.ts';
import { endProcess, isRunning, startDetached } from '../../../../../src/lib/detached-process.ts';
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
  /** The machine's own folder: whoever can enter it reaches the socket `nbd.sock` there, and nobody else does. */
  readonly way: string;
}

const program = 'qemu-storage-daemon';
const exportSocket = 'nbd.sock';
const graceMs = 10_000;
const startMs = 30_000;
const processSchema = z.object({ pid: z.number(), started: z.string() });

const filesOf = (folder: string) => ({
  record: join(folder, 'exports.json'),
  /** Written by the program itself when everything is open. */
  pid: join(folder, 'exports.pid'),
  log: join(folder, 'exports.log'),
});

/** Ends what was served before, and serves; machines can connect when it resolves. Rejects with what the program said. */
export async function startExports(exported: Exported): Promise<ExportNames> {
  const { folder, way } = exported;
  await stopExports(folder);
  const files = filesOf(folder);
  const names = { disk: randomLetters(26), seed: randomLetters(26), modules: randomLetters(26) };
  const log = await open(files.log, 'w', 0o600);
  try {
    await rm(join(way, exportSocket), { force: true });
    const id = await startDetached(program, commandLine(exported, names), { cwd: way, log: log.fd });
    await writeFileAtomic(files.record, JSON.stringify(id));
    for (let waited = 0; (await readFile(files.pid, 'utf8').catch(() => '')) === ''; waited += 20) {
      if (waited < startMs && (await isRunning(id))) await sleep(20);
      else throw new Error(`${program} does not start: ${(await readFile(files.log, 'utf8')).trim()}`);
    }
    // Its machine runs as another user there.
    await chmod(join(way, exportSocket), 0o666);
    return names;
  } catch (error) {
    await stopExports(folder);
    throw error;
  } finally {
    await log.close();
  }
}

/** What the machine was told that it wrote is in the overlay when this resolves. Nothing where nothing is served. */
export async function stopExports(folder: string): Promise<void> {
  const files = filesOf(folder);
  const id = await readJson(files.record, processSchema);
  if (id) await endProcess(id, graceMs);
  for (const file of [files.record, files.pid]) await rm(file, { force: true });
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
