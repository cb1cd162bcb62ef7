import type { Reader } from '../transaction.ts';
import { type ImageAndGroups, imageGroups } from './images.ts';

export interface UsesOfImage {
  /** Live ones: had now, or to come. */
  readonly reservations: number;
  /** Revisions that are not ready yet. */
  readonly captures: number;
}

/** Who would miss an image: not the idle machines that hold it, whose turn with something else comes before its files go. */
export async function usesOfImage(reader: Reader, id: number): Promise<UsesOfImage> {
  const [counts] = await reader.rows<{ reservations: number; captures: number }>(
    `SELECT (SELECT COUNT(*) FROM reservations r WHERE r.live = 1 AND r.image_id = i.id)
          + (SELECT COUNT(*) FROM allocations a WHERE a.image_id = i.id AND a.released_at IS NULL) AS reservations,
        (SELECT COUNT(*) FROM image_revisions v WHERE v.image_id = i.id AND v.ready_at IS NULL AND v.deleted_at IS NULL)
          AS captures FROM images i WHERE i.id = ?`,
    [id],
  );
  return { reservations: Number(counts?.reservations ?? 0), captures: Number(counts?.captures ?? 0) };
}

/** Images that were made from machines that ran this one, and are still there. */
export function builtOn(reader: Reader, id: number): Promise<ImageAndGroups[]> {
  return reader.rows(
    `SELECT i.*, ${imageGroups} FROM images i WHERE i.deleted_at IS NULL AND i.id <> ? AND EXISTS
       (SELECT 1 FROM image_revisions v JOIN image_revisions b ON b.id = v.base_revision_id
          WHERE v.image_id = i.id AND v.deleted_at IS NULL AND b.image_id = ?) ORDER BY i.title`,
    [id, id],
  );
}
