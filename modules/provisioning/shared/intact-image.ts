/** Whether an image's file is still what was checksummed when it was kept. */
import { stat } from 'node:fs/promises';
import type { RevisionFacts } from '../../../src/domain/contracts/facts.ts';
import { ModuleError } from '../../../src/domain/errors.ts';
import { fileDigest } from '../../../src/lib/file-digest.ts';

/** What is known of files, by path: it holds while the file is the same one, unchanged. */
const known = new Map<string, { readonly state: string; readonly digest: Promise<string> }>();

/**
 * Reads the file through, once while it does not change: every load may ask. `node_broken` when it is not the file that
 * was kept, so that a second machine is tried before the revision is suspended; a revision without a checksum is believed.
 */
export async function checkIntact({ file, sha256, imageName, number }: RevisionFacts): Promise<void> {
  if (sha256 === null) return;
  const { ino, size, mtimeMs, ctimeMs } = await stat(file);
  const state = [ino, size, mtimeMs, ctimeMs].join(' ');
  const before = known.get(file);
  const entry = before?.state === state ? before : { state, digest: fileDigest(file) };
  known.set(file, entry);
  if ((await entry.digest) === sha256) return;
  throw new ModuleError(
    'node_broken',
    `${imageName}-v${number} cannot be used: its file is damaged, it is not what was kept (its checksum differs)`,
  );
}

/** A load failed: a disk may have lost what it held without anybody writing to it, so the next one reads it again. */
export function doubt({ file }: RevisionFacts): void {
  known.delete(file);
}
