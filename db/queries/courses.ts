import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

export interface CourseRow {
  group_id: number;
  name: string;
  time_zone: string;
  term_from: string;
  term_until: string;
  own_seats: number;
  /** Hours that each person has for its term; null: no budget. */
  budget_hours: number | null;
  version: number;
  members: number;
  /** Blocks that are asked for, or hold seats. */
  blocks: number;
}

const columns = `c.*, g.name, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = c.group_id) AS members,
  (SELECT COUNT(*) FROM blocks b WHERE b.group_id = c.group_id AND b.state NOT IN ('rejected', 'withdrawn')) AS blocks`;

/** By name; of the groups with these ids where they are given. */
export function courseRows(reader: Reader, ids: readonly number[] | null = null): Promise<CourseRow[]> {
  if (ids?.length === 0) return Promise.resolve([]);
  const which = ids === null ? '' : `WHERE c.group_id IN (${marks(ids)})`;
  return reader.rows(
    `SELECT ${columns} FROM courses c JOIN user_groups g ON g.id = c.group_id ${which} ORDER BY g.name, c.group_id`,
    ids ?? [],
  );
}

export async function courseRow(reader: Reader, id: number): Promise<CourseRow | null> {
  return (await courseRows(reader, [id]))[0] ?? null;
}

export interface CoursePerson {
  id: number;
  name: string;
  display_name: string;
  email: string | null;
}

const person = 'u.id, u.name, u.display_name, u.email';

/** Who teaches these courses, by name. */
export async function instructorRows(
  reader: Reader,
  ids: readonly number[],
): Promise<(CoursePerson & { group_id: number })[]> {
  if (ids.length === 0) return [];
  return reader.rows(
    `SELECT i.group_id, ${person} FROM course_instructors i JOIN users u ON u.id = i.user_id
       WHERE i.group_id IN (${marks(ids)}) ORDER BY u.name`,
    ids,
  );
}

/** The people of a group, by login. */
export function rosterRows(reader: Reader, groupId: number): Promise<CoursePerson[]> {
  return reader.rows(
    `SELECT ${person} FROM group_members m JOIN users u ON u.id = m.user_id WHERE m.group_id = ? ORDER BY u.name`,
    [groupId],
  );
}
