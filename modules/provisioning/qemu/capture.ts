import { chmod, open, rm, stat } from 'node:fs/promises';
import type { Captured } from '../../../src/domain/contracts/provisioning.ts';
import type { ProvisioningContext } from '../../../src/domain/contracts/provisioning-context.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { promoteFile } from '../../../src/lib/atomic-file.ts';
import { ExecError, exec } from '../../../src/lib/exec.ts';
import { fileDigest } from '../../../src/lib/file-digest.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { withLayer } from './capture-layer.ts';
import { guestFiles } from './guest-files.ts';
import { type GuestRecord, readRecord, writeRecord } from './guest-record.ts';
import { power_off, power_status } from './power.ts';
import { asModuleError } from './problems.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;
type Target = { readonly file: string };

/** How long a system may take to shut down before its plug is pulled; its disk was synced by pre_capture. */
const shutdownSeconds = 60;

/**
 * Cleans a copy of the system, switches it off, and saves the copy as a file of its own that leans on no other. The machine's
 * own disk is untouched: power_on goes on from it, whether the capture succeeded or not.
 */
export async function capture(context: Context, target: Target): Promise<Captured> {
  context.signal.throwIfAborted();
  const guest = await needGuest(context);
  const there = await stat(target.file).catch(() => null);
  if (there && guest.captured?.file === target.file) return { changed: false, ...guest.captured };
  if (there) throw new ModuleError('conflict', 'An image with that name exists already');
  try {
    if (!guest.sealed) await seal(context, guest);
    return { changed: true, ...(await save(context, target)) };
  } catch (error) {
    throw context.signal.aborted ? context.signal.reason : asModuleError(error);
  }
}

async function needGuest(context: Context): Promise<GuestRecord> {
  const guest = await readRecord(guestFiles(context));
  if (guest?.phase === 'loaded') return guest;
  throw new ModuleError('failed', `Nothing is loaded on ${context.node.name}: there is nothing to capture`);
}

async function seal(context: Context, guest: GuestRecord): Promise<void> {
  if ((await power_status(context)) !== 'on') {
    throw new ModuleError(
      'failed',
      `${context.node.name} must be on, so that its system can be cleaned first`,
    );
  }
  const layered = await withLayer(context, guest);
  context.progress('cleaning the copy');
  await context.os?.pre_capture();
  await writeRecord(guestFiles(context), { ...layered, sealed: true });
  context.progress('shutting down');
  await context.os?.shutdown();
  await waitForOff(context);
}

async function waitForOff(context: Context): Promise<void> {
  const step = 250;
  for (let waited = 0; waited < shutdownSeconds * 1000; waited += step) {
    if ((await power_status(context)) !== 'on') return;
    await sleep(step, context.signal);
  }
}

/** Written in the guest's own folder, which goes with the guest, and given its name when it is whole. */
async function save(context: Context, { file }: Target): Promise<Omit<Captured, 'changed'>> {
  await power_off(context);
  context.progress('saving the disk', 0);
  const { signal } = context;
  const files = guestFiles(context);
  const partial = files.path('capture');
  try {
    await rm(partial, { force: true });
    for (const layer of ['disk', 'layer'] as const) await checkDisk(files.path(layer), signal);
    const formats = ['-p', '-f', 'qcow2', '-O', 'qcow2'];
    await exec('qemu-img', ['convert', ...formats, files.path('layer'), partial], {
      signal,
      timeoutMs: 6 * 3600 * 1000,
      onOutput: (text) => context.progress('saving the disk', fractionIn(text)),
    });
    context.progress('checking the image');
    const captured = { file, ...(await describe(context, partial)) };
    const guest = await needGuest(context);
    await writeRecord(files, { ...guest, captured });
    signal.throwIfAborted();
    await chmod(partial, 0o444);
    await promoteFile(partial, file);
    return captured;
  } finally {
    await rm(partial, { force: true });
  }
}

/** A damaged disk would be read as zeros without a word. Clusters that are merely lost (3) do no harm. */
async function checkDisk(path: string, signal: AbortSignal): Promise<void> {
  try {
    await exec('qemu-img', ['check', '-q', '-f', 'qcow2', path], { signal, timeoutMs: 3600 * 1000 });
  } catch (error) {
    if (error instanceof ExecError && error.code === 3) return;
    if (!(error instanceof ExecError)) throw error;
    throw new ModuleError('node_broken', "The machine's disk is damaged: it cannot be captured", {
      cause: error,
    });
  }
}

/** qemu-img says `(12.34/100%)` over and over. */
function fractionIn(text: string): number {
  const [, percent] = /\((\d+\.\d+)\/100%\)\s*$/.exec(text) ?? [];
  return Number(percent ?? 0) / 100;
}

/**
 * Read for its checksum while the disk writes it down. Not sooner: qemu-img goes back to the tables at the front of the file to
 * its end, and a checksum is of the bytes in their order.
 */
async function describe({ signal, node }: Context, file: string) {
  const handle = await open(file, 'r');
  try {
    const [sha256] = await Promise.all([fileDigest(file, signal), handle.sync()]);
    const { size } = await handle.stat();
    return { format: 'qcow2' as const, sizeBytes: size, virtualBytes: node.diskMb * 1024 * 1024, sha256 };
  } finally {
    await handle.close();
  }
}
