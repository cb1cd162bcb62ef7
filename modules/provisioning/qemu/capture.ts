import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Captured, ProvisioningContext } from '../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { promoteFile } from '../../../src/lib/atomic-file.ts';
import { exec } from '../../../src/lib/exec.ts';
import { sleep } from '../../../src/lib/sleep.ts';
import { guestFiles } from './guest-files.ts';
import { type GuestRecord, readRecord, writeRecord } from './guest-record.ts';
import { power_off, power_status } from './power.ts';
import { asModuleError } from './problems.ts';
import type { QemuSettings } from './settings.ts';

type Context = ProvisioningContext<QemuSettings>;
type Target = { readonly file: string };

/** How long a system may take to shut down before its plug is pulled; its disk was synced by pre_capture. */
const shutdownSeconds = 60;

/** Cleans the system, switches it off, and saves its disk as a file of its own that leans on no other. */
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
  context.progress('cleaning the system');
  await context.os?.pre_capture();
  await writeRecord(guestFiles(context), { ...guest, sealed: true });
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

/** Written beside its final name, and given that name when it is whole; a temporary file never outlives this call. */
async function save(context: Context, { file }: Target): Promise<Omit<Captured, 'changed'>> {
  await power_off(context);
  const { signal } = context;
  const files = guestFiles(context);
  const temporary = `${file}.${files.artefact}.partial`;
  try {
    await rm(temporary, { force: true });
    context.progress('saving the disk');
    const formats = ['-f', 'qcow2', '-O', 'qcow2'];
    await exec('qemu-img', ['convert', ...formats, files.path('disk'), temporary], {
      signal,
      timeoutMs: 6 * 3600 * 1000,
    });
    context.progress('checking the image');
    const captured = { file, ...(await describe(context, temporary)) };
    const guest = await needGuest(context);
    await writeRecord(files, { ...guest, captured });
    signal.throwIfAborted();
    await promoteFile(temporary, file);
    return captured;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function describe({ signal, node }: Context, file: string) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  const handle = await open(file, 'r');
  try {
    await handle.sync();
    const { size } = await handle.stat();
    return { sizeBytes: size, virtualBytes: node.diskMb * 1024 * 1024, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}
