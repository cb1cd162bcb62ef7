import type { Role } from '../../src/domain/may.ts';
import { clockSql } from '../clock.ts';
import type { Database } from '../connect.ts';
import { type Reader, readRows } from '../transaction.ts';

/** One row for each group a person is in; with nulls where they are in none. */
export interface PersonRow {
  id: number;
  name: string;
  display_name: string;
  email: string | null;
  time_zone: string | null;
  must_change_password: number;
  disabled_at: number | null;
  group_id: number | null;
  role: Role | null;
  initial_minutes: number | null;
  total_minutes: number | null;
  extend_minutes: number | null;
  overlap: number | null;
  days_ahead: number | null;
  upcoming: number | null;
  servers: number | null;
  /** Groups of the courses that they teach, comma-separated. */
  teaches: string | null;
}

const columns = `u.id, u.name, u.display_name, u.email, u.time_zone, u.must_change_password, u.disabled_at,
  g.id AS group_id, g.role, g.initial_minutes, g.total_minutes, g.extend_minutes, g.overlap, g.days_ahead, g.upcoming, g.servers,
  (SELECT GROUP_CONCAT(ci.group_id) FROM course_instructors ci WHERE ci.user_id = u.id) AS teaches`;
const groups = 'LEFT JOIN group_members m ON m.user_id = u.id LEFT JOIN user_groups g ON g.id = m.group_id';

/** Who has the session, and for how many milliseconds it still lasts. No rows: nobody who may come in. */
export async function personBySession(
  db: Database,
  hash: string,
): Promise<(PersonRow & { remaining: number })[]> {
  const now = clockSql(db);
  const sql = `SELECT ${columns}, s.expires_at - ${now.sql} AS remaining
    FROM sessions s JOIN users u ON u.id = s.user_id ${groups} WHERE s.hash = ? AND s.expires_at > ${now.sql}
      AND u.disabled_at IS NULL AND u.removed_at IS NULL`;
  return readRows(db, sql, [...now.bindings, hash, ...now.bindings]);
}

/** Who has the token; a disabled one too. */
export async function personByToken(db: Database, hash: string): Promise<PersonRow[]> {
  const sql = `SELECT ${columns} FROM api_tokens t JOIN users u ON u.id = t.user_id ${groups} WHERE t.hash = ? AND u.removed_at IS NULL`;
  return readRows(db, sql, [hash]);
}

/** The account of that name, with what its password is checked against. */
export async function personByName(
  db: Database,
  name: string,
): Promise<(PersonRow & { password_hash: string | null })[]> {
  return readRows(
    db,
    `SELECT ${columns}, u.password_hash FROM users u ${groups} WHERE u.name = ? AND u.removed_at IS NULL`,
    [name],
  );
}

/** The account with that id. */
export async function personById(
  db: Database,
  id: number,
): Promise<(PersonRow & { password_hash: string | null })[]> {
  return readRows(
    db,
    `SELECT ${columns}, u.password_hash FROM users u ${groups} WHERE u.id = ? AND u.removed_at IS NULL`,
    [id],
  );
}

/** The same, read in a transaction: no rows for who may not come in. */
export function personIn(reader: Reader, id: number): Promise<PersonRow[]> {
  return reader.rows(
    `SELECT ${columns} FROM users u ${groups} WHERE u.id = ? AND u.disabled_at IS NULL AND u.removed_at IS NULL`,
    [id],
  );
}

/** The names of all accounts, oldest first. */
export async function accountNames(db: Database): Promise<string[]> {
  const rows: { name: string }[] = await db
    .knex('users')
    .select('name')
    .whereNull('removed_at')
    .orderBy('id');
  return rows.map((row) => row.name);
}

export async function sshKeysOf(
  db: Database,
  userId: number,
): Promise<{ id: number; label: string; public_key: string }[]> {
  return db.knex('ssh_keys').select('id', 'label', 'public_key').where({ user_id: userId }).orderBy('id');
}

export async function tokensOf(
  db: Database,
  userId: number,
): Promise<{ id: number; label: string; created_at: number }[]> {
  return db.knex('api_tokens').select('id', 'label', 'created_at').where({ user_id: userId }).orderBy('id');
}

/** What everybody shall read now, newest first; `until` in epoch milliseconds. */
export async function currentAnnouncements(
  reader: Reader,
): Promise<{ id: number; text: string; until: number | null }[]> {
  const rows = await reader.rows<{ id: number; text: string; until: number | null }>(
    'SELECT id, text, until FROM announcements WHERE until IS NULL OR until > ? ORDER BY id DESC',
    [reader.now],
  );
  return rows.map(({ id, text, until }) => ({ id, text, until: until === null ? null : Number(until) }));
}

/** Until when (epoch milliseconds) the bucket's attempts are refused, and what the time is. */
export async function attemptsRefused(db: Database, bucket: string): Promise<{ now: number; until: number }> {
  const now = clockSql(db);
  const sql = `SELECT not_before, ${now.sql} AS now FROM sign_in_attempts WHERE bucket = ?`;
  const [row] = await readRows<{ not_before: number; now: number }>(db, sql, [...now.bindings, bucket]);
  return { now: Number(row?.now ?? 0), until: Number(row?.not_before ?? 0) };
}
