import type { Reader } from '../transaction.ts';

/** Machines of one role that come with an image. */
export interface MemberRow {
  role: string;
  machines: number;
  /** The image that they are loaded with. */
  id: number;
  name: string;
  title: string;
}

/** What comes with an image, in the order in which it was entered. */
export function memberRows(reader: Reader, imageId: number): Promise<MemberRow[]> {
  return reader.rows(
    `SELECT m.role, m.machines, i.id, i.name, i.title FROM image_members m JOIN images i ON i.id = m.member_image_id
       WHERE m.image_id = ? AND i.deleted_at IS NULL ORDER BY m.position`,
    [imageId],
  );
}

/** The images that an image comes with, by title. */
export function partOf(
  reader: Reader,
  imageId: number,
): Promise<{ id: number; name: string; title: string }[]> {
  return reader.rows(
    `SELECT DISTINCT i.id, i.name, i.title FROM image_members m JOIN images i ON i.id = m.image_id
       WHERE m.member_image_id = ? AND i.deleted_at IS NULL ORDER BY i.title`,
    [imageId],
  );
}
