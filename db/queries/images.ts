import type { ImageRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

/** Every environment by title, those without a real machine behind them last. */
export function imageRows(reader: Reader): Promise<ImageRow[]> {
  return reader.rows<ImageRow>(
    `SELECT i.* FROM images i LEFT JOIN image_revisions v ON v.id = i.production_revision_id WHERE i.deleted_at IS NULL
       ORDER BY CASE v.format WHEN 'simulated' THEN 1 ELSE 0 END, i.title, i.id`,
  );
}
