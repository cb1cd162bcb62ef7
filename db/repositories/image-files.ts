import { basename, join } from 'node:path';
import type { Reader, Tx } from '../transaction.ts';
import { addEvent } from './events.ts';

/** Where a revision was kept, and what was wrong with it when it was looked at last. */
export interface KeptFile {
  readonly id: number;
  readonly revision: string;
  readonly file: string;
  readonly sha256: string | null;
  readonly missingBecause: string | null;
}

/** The files that revisions of a place lie in. */
export async function keptFiles(reader: Reader, placeId: number): Promise<KeptFile[]> {
  const rows = await reader.rows<Record<'name' | 'file' | 'sha256' | 'because', string> & Numbers>(
    `SELECT v.id, i.name, v.number, v.file, v.sha256, v.missing_because AS because FROM image_revisions v
       JOIN images i ON i.id = v.image_id WHERE v.place_id = ? AND v.file <> '' AND v.ready_at IS NOT NULL
         AND v.deleted_at IS NULL AND i.deleted_at IS NULL ORDER BY v.id`,
    [placeId],
  );
  return rows.map(({ id, name, number, file, sha256, because }) => ({
    ...{ id, file, sha256, missingBecause: because },
    revision: `${name}-v${number}`,
  }));
}

interface Numbers {
  id: number;
  number: number;
}

/** The data directory of a place was moved or copied: what it keeps lies in this folder now. */
export async function moveFiles(tx: Tx, placeId: number, folder: string): Promise<void> {
  const rows = await tx.rows<{ id: number; file: string }>(
    "SELECT id, file FROM image_revisions WHERE place_id = ? AND file <> ''",
    [placeId],
  );
  for (const { id, file } of rows)
    await tx
      .table('image_revisions')
      .where({ id })
      .update({ file: join(folder, basename(file)) });
}

/** Notes what is wrong with a revision's file, or with null that it is as it was kept. */
export async function noteFile(tx: Tx, { id, revision }: KeptFile, because: string | null): Promise<void> {
  if (because === null)
    await tx.table('image_revisions').where({ id }).update({ missing_since: null, missing_because: null });
  else
    await tx.change(
      'UPDATE image_revisions SET missing_since = COALESCE(missing_since, ?), missing_because = ? WHERE id = ?',
      [tx.now, because, id],
    );
  const kind = because === null ? 'image.file-back' : 'image.file-missing';
  await addEvent(tx, { kind, data: { revision, ...(because === null ? {} : { because }) } });
}
