/** QEMU processes: started so that they outlive the daemon, found again, and ended for good. */
import { open, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import {
  hasEnded,
  isRunning,
  killProcess,
  type ProcessId,
  startDetached,
  startOf,
} from '../../../src/lib/detached-process.ts';
import { type Qmp, QmpError, withQmp } from '../../../src/lib/qmp.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { qemuProgram } from '../shared/accelerator.ts';
import type { GuestFiles } from './guest-files.ts';
import { diedAtOnce } from './problems.ts';

/** Starts QEMU in the guest's folder; it runs when this resolves, but may not listen yet. */
export async function spawnQemu(files: GuestFiles, args: readonly string[]): Promise<ProcessId> {
  const log = await open(files.path('qemuLog'), 'a', 0o600);
  try {
    return await startDetached(qemuProgram, args, { cwd: files.folder, log: log.fd });
  } finally {
    await log.close();
  }
}

/** Asks the guest's QEMU something. */
export async function askQemu<T>(
  files: GuestFiles,
  ask: (qmp: Qmp) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  return await withQmp(files.path('qmp'), ask, { signal });
}

/** As `askQemu`, for a QEMU that was just started: waits until it listens. `node_broken` when it ends instead. */
export async function askNewQemu<T>(
  files: GuestFiles,
  process: ProcessId,
  ask: (qmp: Qmp) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (;;) {
    try {
      return await askQemu(files, ask, signal);
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      if (!(await isRunning(process))) throw await diedAtOnce(files);
      await sleep(10, signal);
    }
  }
}

/**
 * Ends every QEMU of a guest: the recorded one, and one that was started in the moment in which its daemon was killed. True
 * when there was one.
 */
export async function endQemus(files: GuestFiles, recorded: ProcessId | null | undefined): Promise<boolean> {
  const found = (await findQemus(files.directory)).get(files.artefact) ?? [];
  let ended = false;
  for (const process of recorded ? [...found, recorded] : found)
    if (await isRunning(process)) {
      await endQemu(files, process);
      ended = true;
    }
  return ended;
}

/** Ends it hard, after letting it close its disk. */
async function endQemu(files: GuestFiles, process: ProcessId): Promise<void> {
  await askQemu(files, (qmp) => qmp.execute('quit'), AbortSignal.timeout(2_000)).catch(() => undefined);
  if (!(await hasEnded(process, 3_000))) await killProcess(process);
}

/**
 * Every QEMU process that was started for a guest of this folder of guests, recorded or not: by the name of its artefact.
 * It is known by its command line, which says where its pid file is; perhaps by another way, where there are links.
 */
export async function findQemus(directory: string): Promise<Map<string, ProcessId[]>> {
  const found = new Map<string, ProcessId[]>();
  const here = await realpath(directory).catch(() => directory);
  for (const entry of await readdir('/proc')) {
    const folder = /^\d+$/.test(entry) ? await folderOf(entry) : null;
    if (folder === null || (await realpath(dirname(folder)).catch(() => null)) !== here) continue;
    const started = await startOf(Number(entry));
    if (started === null) continue;
    const artefact = basename(folder);
    found.set(artefact, [...(found.get(artefact) ?? []), { pid: Number(entry), started }]);
  }
  return found;
}

async function folderOf(pid: string): Promise<string | null> {
  const args = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  if (!args[0]?.endsWith(qemuProgram)) return null;
  const at = args.indexOf('-pidfile');
  return at < 0 ? null : dirname(args[at + 1] ?? '');
}
