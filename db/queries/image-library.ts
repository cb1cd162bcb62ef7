import type { ImageFormat } from '../../src/domain/contracts/facts.ts';
import { marks } from '../marks.ts';
import type { ImageRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { imageGroups } from './images.ts';

/** An image with what the library says of it; read for all of them at once. */
export type LibraryRow = Pick<
  ImageRow,
  'id' | 'name' | 'title' | 'description' | 'icon' | 'owner_id' | 'visibility' | 'deleted_at'
> & {
  group_ids: string | null;
  owner: string | null;
  production: number | null;
  format: ImageFormat | null;
  revisions: number | null;
  bytes: number | null;
  live: number | null;
  nodes: number | null;
};

/** Every image by title: one that is still being captured too, and one that was deleted while it can be restored. */
export function libraryRows(reader: Reader): Promise<LibraryRow[]> {
  return reader.rows(
    `SELECT i.id, i.name, i.title, i.description, i.icon, i.owner_id, i.visibility, i.deleted_at, ${imageGroups}, u.name AS owner,
        p.number AS production, p.format, v.revisions, v.bytes, r.live, n.nodes
       FROM images i LEFT JOIN users u ON u.id = i.owner_id LEFT JOIN image_revisions p ON p.id = i.production_revision_id
         LEFT JOIN (SELECT image_id, COUNT(*) AS revisions, SUM(size_bytes) AS bytes FROM image_revisions
           WHERE deleted_at IS NULL OR file <> '' GROUP BY image_id) v ON v.image_id = i.id
         LEFT JOIN (SELECT image_id, COUNT(*) AS live FROM reservations WHERE live = 1 GROUP BY image_id) r ON r.image_id = i.id
         LEFT JOIN (SELECT w.image_id, COUNT(*) AS nodes FROM nodes m JOIN image_revisions w ON w.id = m.revision_id
           GROUP BY w.image_id) n ON n.image_id = i.id
       WHERE i.deleted_at IS NULL OR EXISTS (SELECT 1 FROM image_revisions x
         WHERE x.image_id = i.id AND x.deleted_at = i.deleted_at AND x.file <> '')
       ORDER BY i.title, i.id`,
  );
}

/** One image was made from a machine that ran another. */
export interface Descent {
  image_id: number;
  base_id: number;
}

/** What of these was made from what, and what from them. */
export function descents(reader: Reader, imageIds: readonly number[]): Promise<Descent[]> {
  if (imageIds.length === 0) return Promise.resolve([]);
  const these = marks(imageIds);
  return reader.rows(
    `SELECT DISTINCT v.image_id, b.image_id AS base_id FROM image_revisions v JOIN image_revisions b ON b.id = v.base_revision_id
       WHERE v.image_id <> b.image_id AND (v.image_id IN (${these}) OR b.image_id IN (${these}))`,
    [...imageIds, ...imageIds],
  );
}

export interface LoadRow {
  image_id: number;
  milliseconds: number;
  at: number;
}

/** The last fifty loads of each of these images, newest first. */
export function lastLoads(reader: Reader, imageIds: readonly number[]): Promise<LoadRow[]> {
  if (imageIds.length === 0) return Promise.resolve([]);
  return reader.rows(
    `SELECT image_id, milliseconds, at FROM (SELECT id, image_id, milliseconds, at,
         ROW_NUMBER() OVER (PARTITION BY image_id ORDER BY id DESC) AS place FROM load_times
         WHERE step = 'load' AND image_id IN (${marks(imageIds)})) l
       WHERE place <= 50 ORDER BY id DESC`,
    imageIds,
  );
}

/** Changes whenever the page of an image would: its row, its revisions, the machines that hold them, what makes one production. */
export async function imagePulse(reader: Reader, id: number): Promise<string> {
  const rows = await reader.rows(
    `SELECT i.version, v.id, v.ready_at, v.deleted_at, v.suspended_at, v.missing_since, v.proven_at, v.comment,
        (SELECT COUNT(*) FROM nodes n WHERE n.revision_id = v.id) AS nodes, t.id AS task, t.status, t.result
       FROM images i LEFT JOIN image_revisions v ON v.image_id = i.id LEFT JOIN tasks t ON t.id = (SELECT MAX(x.id) FROM tasks x
         WHERE x.action = 'makeproduction' AND x.target_type = 'revision' AND x.target_id = v.id)
       WHERE i.id = ? ORDER BY v.id`,
    [id],
  );
  return JSON.stringify(rows);
}
