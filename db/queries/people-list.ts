import { roles } from '../../src/domain/may.ts';
import type { Reader } from '../transaction.ts';
import { Conditions } from './conditions.ts';

/** A person with what their place in a list shows. */
export interface PersonListRow {
  id: number;
  name: string;
  display_name: string;
  email: string | null;
  first_signed_in_at: number | null;
  created_at: number;
  disabled_at: number | null;
  removed_at: number | null;
  /** Place of their strongest role in `roles`; null in no group. */
  strength: number | null;
  /** `3,7`, in no order; null in no group. */
  group_ids: string | null;
  /** Live reservations. */
  live: number;
}

export type PersonState = 'active' | 'disabled' | 'removed';

/** Empty and absent ones do not filter; without a state all but those who were removed. */
export interface PersonFilter {
  /** A part of their login, name or e-mail address. */
  readonly search?: string | undefined;
  /** Names. */
  readonly group?: string | undefined;
  readonly role?: string | undefined;
  readonly state?: string | undefined;
}

export type PersonSort = 'name' | 'displayName' | 'email' | 'role' | 'live' | 'created';

const strength = `(SELECT MAX(CASE g.role ${roles.map((role, at) => `WHEN '${role}' THEN ${at}`).join(' ')} END)
    FROM group_members m JOIN user_groups g ON g.id = m.group_id WHERE m.user_id = u.id)`;
const columns = `u.id, u.name, u.display_name, u.email, u.first_signed_in_at, u.created_at, u.disabled_at, u.removed_at,
  ${strength} AS strength,
  (SELECT GROUP_CONCAT(m.group_id) FROM group_members m WHERE m.user_id = u.id) AS group_ids,
  (SELECT COUNT(*) FROM reservations r WHERE r.user_id = u.id AND r.live = 1) AS live`;

export async function personRow(reader: Reader, id: number): Promise<PersonListRow | null> {
  return (await reader.rows<PersonListRow>(`SELECT ${columns} FROM users u WHERE u.id = ?`, [id]))[0] ?? null;
}

/** After an id, by id. */
export function personRowsAfter(
  reader: Reader,
  filter: PersonFilter,
  after: number,
  limit: number,
): Promise<PersonListRow[]> {
  const where = conditionsOf(filter);
  where.add('u.id > ?', after);
  return reader.rows(`SELECT ${columns} FROM users u WHERE ${where.sql} ORDER BY u.id LIMIT ?`, [
    ...where.bindings,
    limit,
  ]);
}

interface Part {
  readonly sort: PersonSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export function personRows(reader: Reader, filter: PersonFilter, part: Part): Promise<PersonListRow[]> {
  const where = conditionsOf(filter);
  return reader.rows(
    `SELECT ${columns} FROM users u WHERE ${where.sql} ORDER BY ${orderOf(part)} LIMIT ? OFFSET ?`,
    [...where.bindings, part.limit, part.offset],
  );
}

const stateSql = `CASE WHEN u.removed_at IS NOT NULL THEN 'removed' WHEN u.disabled_at IS NOT NULL THEN 'disabled' ELSE 'active' END`;

/** How many there are in each state; the filter's own state is left out, so that another one can be chosen. */
export async function countPeople(
  reader: Reader,
  filter: PersonFilter,
): Promise<{ state: PersonState; n: number }[]> {
  const where = conditionsOf(filter, true);
  const rows = await reader.rows<{ state: PersonState; n: number }>(
    `SELECT ${stateSql} AS state, COUNT(*) AS n FROM users u WHERE ${where.sql} GROUP BY ${stateSql}`,
    where.bindings,
  );
  return rows.map(({ state, n }) => ({ state, n: Number(n) }));
}

function conditionsOf({ search, group, role, state }: PersonFilter, anyState = false): Conditions {
  const where = new Conditions();
  if (search) {
    const like = `%${search.toLowerCase().replace(/[!%_]/g, '!$&')}%`;
    const words = ['u.name', 'u.display_name', 'u.email'];
    where.add(`(${words.map((word) => `LOWER(${word}) LIKE ? ESCAPE '!'`).join(' OR ')})`, like, like, like);
  }
  if (group)
    where.add(
      'u.id IN (SELECT m.user_id FROM group_members m JOIN user_groups g ON g.id = m.group_id WHERE g.name = ?)',
      group,
    );
  if (role) where.add(`COALESCE(${strength}, 0) = ?`, roles.indexOf(role as never));
  if (!anyState) {
    if (state) where.add(`${stateSql} = ?`, state);
    else where.add('u.removed_at IS NULL');
  }
  return where;
}

function orderOf({ sort, descending }: Part): string {
  const way = descending ? 'DESC' : 'ASC';
  const first: Readonly<Record<PersonSort, string>> = {
    name: `u.name ${way}`,
    displayName: `u.display_name ${way}, u.name`,
    // those that have none come last, whichever way it goes
    email: `CASE WHEN u.email IS NULL THEN 1 ELSE 0 END, u.email ${way}, u.name`,
    role: `strength ${way}, u.name`,
    live: `live ${way}, u.name`,
    created: `u.created_at ${way}, u.name`,
  };
  return `${first[sort]}, u.id`;
}
