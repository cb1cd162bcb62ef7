import type { Resource } from '../../src/domain/may.ts';
import type { ImageRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

/** An image with the groups that it was published to, comma-separated. */
export type ImageAndGroups = ImageRow & { group_ids: string | null };

/** Selects `group_ids` of images `i`; read only where the groups matter. */
export const imageGroups = `CASE i.visibility WHEN 'groups' THEN
    (SELECT GROUP_CONCAT(g.group_id) FROM image_groups g WHERE g.image_id = i.id) END AS group_ids`;

/** What `may` asks about an image. */
export function imageResource(row: Pick<ImageAndGroups, 'owner_id' | 'visibility' | 'group_ids'>): Resource {
  return {
    ...(row.owner_id === null ? {} : { ownerId: row.owner_id }),
    visibility: row.visibility,
    groupIds: (row.group_ids ?? '').split(',').filter(Boolean).map(Number),
  };
}

/** What decides whether somebody sees an image, and whether it is what they look for. */
export type ListedImage = Pick<
  ImageAndGroups,
  'id' | 'name' | 'title' | 'description' | 'owner_id' | 'visibility' | 'group_ids'
>;

const listed = `SELECT i.id, i.name, i.title, i.description, i.owner_id, i.visibility, ${imageGroups}
  FROM images i LEFT JOIN image_revisions v ON v.id = i.production_revision_id
  WHERE i.deleted_at IS NULL AND i.production_revision_id IS NOT NULL ORDER BY`;
const byTitle = "CASE v.format WHEN 'simulated' THEN 1 ELSE 0 END, i.title, i.id";

/** Every environment by title, those without a real machine behind them last. */
export function imageRows(reader: Reader): Promise<ListedImage[]> {
  return reader.rows(`${listed} ${byTitle}`);
}

/** A part of the same list, with those that have these ids moved to its front, in this order. */
export function imageRowsFrom(
  reader: Reader,
  front: readonly number[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<ListedImage[]> {
  const places = front.map((_, place) => `WHEN ? THEN ${place}`).join(' ');
  const order = front.length === 0 ? byTitle : `CASE i.id ${places} ELSE ${front.length} END, ${byTitle}`;
  return reader.rows(`${listed} ${order} LIMIT ? OFFSET ?`, [...front, limit, offset]);
}

/** The image of that name; null when there is none. */
export async function imageRow(reader: Reader, name: string): Promise<ImageAndGroups | null> {
  const [row] = await reader.rows<ImageAndGroups>(
    `SELECT i.*, ${imageGroups} FROM images i WHERE i.name = ? AND i.deleted_at IS NULL`,
    [name],
  );
  return row ?? null;
}
