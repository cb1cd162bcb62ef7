import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type KeptFile, keptFiles, noteFile } from '../../../db/repositories/image-files.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { fileDigest } from '../../lib/file-digest.ts';
import type { ServiceDeps } from '../deps.ts';

const missing = 'its file is missing';
const another = 'the file that lies there is not the one that was kept (its checksum differs)';

/**
 * Looks whether the images' files of a place lie where they were kept, and notes what is missing, so that nobody reserves
 * what cannot be loaded. One that is put back counts when it is whole: unchanged between two looks, with the digest it had.
 */
export class ImageFiles {
  readonly #deps: Pick<ServiceDeps, 'db'>;
  readonly #placeId: number;
  /** By revision: how a file that was missing looked last, and whether it was read then. */
  readonly #found = new Map<number, { readonly looks: string; readonly read: boolean }>();

  constructor(deps: Pick<ServiceDeps, 'db'>, placeId: number) {
    this.#deps = deps;
    this.#placeId = placeId;
  }

  /** Resolves with what is missing. Rejects with `signal.reason` when aborted. */
  async look(signal?: AbortSignal): Promise<readonly KeptFile[]> {
    const { db } = this.#deps;
    const files = await reading(db, (reader) => keptFiles(reader, this.#placeId));
    const wrong: KeptFile[] = [];
    for (const kept of files) {
      const because = await this.#judge(kept, signal);
      if (because !== kept.missingBecause) await inTransaction(db, (tx) => noteFile(tx, kept, because));
      if (because !== null) wrong.push({ ...kept, missingBecause: because });
    }
    return wrong;
  }

  /** What is wrong with it; null when nothing is. One that was never missing is read through by the loads themselves. */
  async #judge(kept: KeptFile, signal?: AbortSignal): Promise<string | null> {
    const found = await stat(kept.file).catch(() => null);
    if (!found?.isFile()) {
      this.#found.delete(kept.id);
      return missing;
    }
    if (kept.missingBecause === null) return null;
    const looks = looksOf(found);
    const before = this.#found.get(kept.id);
    const still = before?.looks === looks;
    this.#found.set(kept.id, { looks, read: still });
    if (!still || before.read) return kept.missingBecause;
    return kept.sha256 === null || (await fileDigest(kept.file, signal)) === kept.sha256 ? null : another;
  }
}

function looksOf({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}
