import type { CourseRow } from '../../../db/queries/courses.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { NamedImage } from '../block-views.ts';

/** Environments that people of the course cannot see, and so cannot start: a sentence for each. */
export async function unseen(
  reader: Reader,
  { group_id, name, members }: CourseRow,
  images: readonly (NamedImage & { readonly id: number })[],
): Promise<string[]> {
  const said: string[] = [];
  for (const { id, title } of images) {
    const [row] = await reader.rows<{ n: number }>(
      `SELECT COUNT(*) AS n FROM group_members c JOIN images i ON i.id = ?
         WHERE c.group_id = ? AND i.visibility <> 'everyone' AND (i.owner_id IS NULL OR i.owner_id <> c.user_id)
           AND NOT (i.visibility = 'groups' AND EXISTS (SELECT 1 FROM group_members m JOIN image_groups g ON g.group_id = m.group_id
             WHERE g.image_id = i.id AND m.user_id = c.user_id))`,
      [id, group_id],
    );
    const blind = Number(row?.n ?? 0);
    if (blind > 0)
      said.push(
        `${title} is not published to ${blind} of ${Number(members)} in ${name}: they cannot see it, nor start it.`,
      );
  }
  return said;
}
