import type { GroupRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

/** A group with how many people and images hang on it. */
export interface GroupListRow extends GroupRow {
  members: number;
  images: number;
  /** 1 when it is a course. */
  courses: number;
}

const columns = `g.*, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) AS members,
  (SELECT COUNT(*) FROM image_groups p JOIN images i ON i.id = p.image_id AND i.deleted_at IS NULL WHERE p.group_id = g.id) AS images,
  (SELECT COUNT(*) FROM courses c WHERE c.group_id = g.id) AS courses`;

/** All of them: there are few. */
export function groupRows(reader: Reader): Promise<GroupListRow[]> {
  return reader.rows(`SELECT ${columns} FROM user_groups g ORDER BY g.name, g.id`);
}

export async function groupRow(reader: Reader, id: number): Promise<GroupListRow | null> {
  return (
    (await reader.rows<GroupListRow>(`SELECT ${columns} FROM user_groups g WHERE g.id = ?`, [id]))[0] ?? null
  );
}

/** Live servers whose people it says, or who looks after them. */
export function serversOfGroup(reader: Reader, id: number): Promise<{ id: number; name: string }[]> {
  return reader.rows(
    `SELECT id, server_name AS name FROM reservations WHERE server_name IS NOT NULL AND live = 1
       AND (login_group_id = ? OR admin_group_id = ?) ORDER BY server_name, id`,
    [id, id],
  );
}

/** Images that were published to it. */
export function imagesOfGroup(reader: Reader, id: number): Promise<{ name: string; title: string }[]> {
  return reader.rows(
    `SELECT i.name, i.title FROM image_groups p JOIN images i ON i.id = p.image_id
       WHERE p.group_id = ? AND i.deleted_at IS NULL ORDER BY i.title`,
    [id],
  );
}
