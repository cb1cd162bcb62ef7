import { LabError } from '../../src/domain/errors.ts';
import type { Limits } from '../../src/domain/limits.ts';
import type { Role } from '../../src/domain/may.ts';
import type { Tx } from '../transaction.ts';

export interface NewUser {
  readonly name: string;
  readonly displayName: string;
  readonly email?: string | null;
  readonly passwordHash: string | null;
  readonly mustChangePassword: MustChange;
  readonly groupIds: readonly number[];
}

/** Adds an account to its groups. A taken name breaks a UNIQUE. */
export async function addUser(tx: Tx, user: NewUser): Promise<number> {
  const [id] = await tx.table('users').insert({
    name: user.name,
    display_name: user.displayName,
    email: user.email ?? null,
    password_hash: user.passwordHash,
    must_change_password: changes[user.mustChangePassword],
    created_at: tx.now,
  });
  const userId = Number(id);
  for (const groupId of user.groupIds) {
    await tx.table('group_members').insert({ group_id: groupId, user_id: userId });
  }
  return userId;
}

export async function addGroup(tx: Tx, name: string, role: Role, limits: Limits): Promise<number> {
  const [id] = await tx.table('user_groups').insert({
    name,
    role,
    initial_minutes: limits.initialMinutes,
    total_minutes: limits.totalMinutes,
    extend_minutes: limits.extendMinutes,
    overlap: limits.overlap,
    days_ahead: limits.daysAhead,
    upcoming: limits.upcoming,
    servers: limits.servers,
  });
  return Number(id);
}

export async function groupId(tx: Tx, name: string): Promise<number | null> {
  const row = await tx.table('user_groups').select('id').where({ name }).first();
  return row ? Number(row.id) : null;
}

export async function userId(tx: Tx, name: string): Promise<number | null> {
  const row = await tx.table('users').select('id').where({ name }).first();
  return row ? Number(row.id) : null;
}

/** Changes the person's row first: the guard of every rule over what belongs to one person. */
export async function guardUser(tx: Tx, id: number): Promise<void> {
  await tx.change('UPDATE users SET version = version + 1 WHERE id = ?', [id]);
}

/** Throws `account.disabled` for somebody who is disabled or removed. */
export async function refuseClosed(tx: Tx, id: number): Promise<void> {
  const [open] = await tx.rows(
    'SELECT id FROM users WHERE id = ? AND disabled_at IS NULL AND removed_at IS NULL',
    [id],
  );
  if (!open) throw new LabError('account.disabled');
}

/** When a password that somebody else gave must be changed: never, once others than this computer reach the site, always. */
const changes = { never: 0, beyondLoopback: 1, always: 2 } as const;
export type MustChange = keyof typeof changes;

export async function setPassword(
  tx: Tx,
  userId: number,
  passwordHash: string,
  mustChange: MustChange,
): Promise<void> {
  await tx
    .table('users')
    .where({ id: userId })
    .update({ password_hash: passwordHash, must_change_password: changes[mustChange] })
    .increment('version', 1);
}

/** Where notices are mailed; null: nowhere. */
export async function setEmail(tx: Tx, userId: number, email: string | null): Promise<void> {
  await tx.table('users').where({ id: userId }).update({ email }).increment('version', 1);
}

export async function setTimeZone(tx: Tx, userId: number, timeZone: string | null): Promise<void> {
  await tx.table('users').where({ id: userId }).update({ time_zone: timeZone }).increment('version', 1);
}

/** Notes when an account was used for the first time. */
export async function noteSignIn(tx: Tx, userId: number): Promise<void> {
  await tx
    .table('users')
    .where({ id: userId, first_signed_in_at: null })
    .update({ first_signed_in_at: tx.now });
}

export async function addSession(tx: Tx, userId: number, hash: string, milliseconds: number): Promise<void> {
  await tx
    .table('sessions')
    .insert({ hash, user_id: userId, created_at: tx.now, expires_at: tx.now + milliseconds });
}

export async function renewSession(tx: Tx, hash: string, milliseconds: number): Promise<void> {
  await tx
    .table('sessions')
    .where({ hash })
    .update({ expires_at: tx.now + milliseconds });
}

export async function removeSession(tx: Tx, hash: string): Promise<void> {
  await tx.table('sessions').where({ hash }).delete();
}

/** Ends every session of a person, except the one that is named. */
export async function removeSessionsOf(tx: Tx, userId: number, exceptHash: string | null): Promise<void> {
  const theirs = tx.table('sessions').where({ user_id: userId });
  await (exceptHash === null ? theirs : theirs.whereNot({ hash: exceptHash })).delete();
}

export async function addLink(tx: Tx, userId: number, hash: string, milliseconds: number): Promise<void> {
  await tx.table('sign_in_links').insert({ hash, user_id: userId, expires_at: tx.now + milliseconds });
}

/** Uses a link up: once, and not when it is old. Returns whose it was, or null. */
export async function useLink(tx: Tx, hash: string): Promise<number | null> {
  const changed = await tx.change(
    'UPDATE sign_in_links SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?',
    [tx.now, hash, tx.now],
  );
  if (changed !== 1) return null;
  const row = await tx.table('sign_in_links').select('user_id').where({ hash }).first();
  return Number(row.user_id);
}

/** Removes what nobody can use any more. */
export async function removeExpired(tx: Tx, attemptsBefore: number): Promise<void> {
  await tx.table('sessions').where('expires_at', '<', tx.now).delete();
  await tx.table('sign_in_links').where('expires_at', '<', tx.now).delete();
  await tx.table('sign_in_attempts').where('at', '<', attemptsBefore).delete();
}

/**
 * Counts a failed attempt; `waitAfter` gives the milliseconds that the next one must wait after so many failures. Failures
 * before `forgetBefore` do not count any more.
 */
export async function addFailure(
  tx: Tx,
  bucket: string,
  forgetBefore: number,
  waitAfter: (failures: number) => number,
): Promise<void> {
  const row = await tx.table('sign_in_attempts').select('failures', 'at').where({ bucket }).first();
  if (!row) {
    await tx
      .table('sign_in_attempts')
      .insert({ bucket, failures: 1, not_before: tx.now + waitAfter(1), at: tx.now });
    return;
  }
  const failures = Number(row.at) < forgetBefore ? 1 : Number(row.failures) + 1;
  await tx
    .table('sign_in_attempts')
    .where({ bucket })
    .update({ failures, not_before: tx.now + waitAfter(failures), at: tx.now });
}

export async function forgetFailures(tx: Tx, bucket: string): Promise<void> {
  await tx.table('sign_in_attempts').where({ bucket }).delete();
}

export async function addToken(tx: Tx, userId: number, label: string, hash: string): Promise<number> {
  const [id] = await tx.table('api_tokens').insert({ hash, user_id: userId, label, created_at: tx.now });
  return Number(id);
}

/** How many tokens the person has; call guardUser before a rule over them. */
export async function tokenCount(tx: Tx, userId: number): Promise<number> {
  const rows: unknown[] = await tx.table('api_tokens').select('id').where({ user_id: userId });
  return rows.length;
}

/** False when the person has no such token. */
export async function removeToken(tx: Tx, userId: number, id: number): Promise<boolean> {
  return (await tx.table('api_tokens').where({ id, user_id: userId }).delete()) === 1;
}

export async function addSshKey(tx: Tx, userId: number, label: string, publicKey: string): Promise<number> {
  const [id] = await tx
    .table('ssh_keys')
    .insert({ user_id: userId, label, public_key: publicKey, created_at: tx.now });
  return Number(id);
}

/** The person's public keys; call guardUser before a rule over them. */
export async function publicKeys(tx: Tx, userId: number): Promise<string[]> {
  const rows: { public_key: string }[] = await tx
    .table('ssh_keys')
    .select('public_key')
    .where({ user_id: userId });
  return rows.map((row) => row.public_key);
}

/** False when the person has no such key. */
export async function removeSshKey(tx: Tx, userId: number, id: number): Promise<boolean> {
  return (await tx.table('ssh_keys').where({ id, user_id: userId }).delete()) === 1;
}

export async function addAnnouncement(
  tx: Tx,
  text: string,
  until: number | null,
  createdBy: number,
): Promise<number> {
  const [id] = await tx
    .table('announcements')
    .insert({ text, until, created_by: createdBy, created_at: tx.now });
  return Number(id);
}

/** False when there is no such announcement. */
export async function removeAnnouncement(tx: Tx, id: number): Promise<boolean> {
  return (await tx.table('announcements').where({ id }).delete()) === 1;
}
