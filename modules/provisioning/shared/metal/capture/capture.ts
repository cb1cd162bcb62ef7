/**
 * A machine's disk as an image, as one transaction: shut down, read by the imaging agent, cleaned as a copy on a scratch
 * guest, tried out on another; only then does the image have its name. Whatever fails leaves nothing that looks like one.
 */
import { chmod, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Captured } from '../../../../../src/domain/contracts/provisioning.ts';
import { ModuleError } from '../../../../../src/domain/errors.ts';
import { promoteFile } from '../../../../../src/lib/atomic-file.ts';
import { fileDigest } from '../../../../../src/lib/file-digest.ts';
import { leaveOff } from '../agent-run.ts';
import { removeJob } from '../jobs/job.ts';
import { type LoadRecord, loadFolder, readRecord, writeRecord } from '../load-record.ts';
import type { Metal } from '../metal.ts';
import { ways } from '../ways/ways.ts';
import { checkCapture } from './check-capture.ts';
import { makeImage } from './make-image.ts';
import { asCaptureError } from './problems.ts';
import { shutDown } from './shut-down.ts';

type Target = { readonly file: string };

/**
 * The machine's own disk is read and never written, so that power_on goes on from it as its person left it, whether the
 * capture succeeded or not. `failed` for what another try may mend, the system that was left running in it first of all.
 */
export async function capture(metal: Metal, target: Target): Promise<Captured> {
  const { context } = metal;
  const record = await needLoaded(metal);
  const there = await stat(target.file).catch(() => null);
  if (there && record.captured?.file === target.file) return { changed: false, ...record.captured };
  if (there) throw new ModuleError('conflict', 'An image with that name exists already');
  const work = join(loadFolder(context), 'capture');
  await checkCapture(metal, record, target.file).catch((error: unknown) => {
    throw asCaptureError(error);
  });
  try {
    await rm(work, { recursive: true, force: true });
    await shutDown(metal);
    return { changed: true, ...(await save(metal, record, work, target)) };
  } catch (error) {
    throw context.signal.aborted ? context.signal.reason : asCaptureError(error);
  } finally {
    await leaveWithoutJob(metal);
    await rm(work, { recursive: true, force: true });
  }
}

async function needLoaded({ context }: Metal): Promise<LoadRecord> {
  const record = await readRecord(context);
  if (record?.phase === 'loaded') return record;
  throw new ModuleError('failed', `Nothing is loaded on ${context.node.name}: there is nothing to capture`);
}

async function save(
  metal: Metal,
  record: LoadRecord,
  work: string,
  { file }: Target,
): Promise<Omit<Captured, 'changed'>> {
  const { context } = metal;
  await mkdir(work, { recursive: true, mode: 0o700 });
  const read = await ways[record.way].read(metal, work);
  const image = await makeImage(metal, read, work);
  const captured = { file, format: 'qcow2' as const, ...(await describe(image.file, context.signal)) };
  const whole = { ...captured, virtualBytes: image.virtualBytes };
  await writeRecord(context, { ...record, captured: whole });
  context.signal.throwIfAborted();
  await chmod(image.file, 0o444);
  await promoteFile(image.file, file);
  return whole;
}

async function describe(file: string, signal: AbortSignal) {
  const handle = await open(file, 'r');
  try {
    const [sha256] = await Promise.all([fileDigest(file, signal), handle.sync()]);
    return { sizeBytes: (await handle.stat()).size, sha256 };
  } finally {
    await handle.close();
  }
}

/** Without a job it starts its own disk when somebody switches it on. */
async function leaveWithoutJob(metal: Metal): Promise<void> {
  const { context } = metal;
  await removeJob(context.directory, context.node.mac, 'capture');
  await leaveOff(metal, 'a machine that was captured');
}
