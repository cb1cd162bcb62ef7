import type { Limits } from '../../src/domain/limits.ts';
import type { Role } from '../../src/domain/may.ts';
import type { Tx } from '../transaction.ts';

/** Administrators who can sign in, and whether this person is one of them. Read it behind the guard of people and groups. */
export async function administrators(tx: Tx, id: number): Promise<{ n: number; isOne: boolean }> {
  const [row] = await tx.rows<{ n: number; mine: number | null }>(
    `SELECT COUNT(DISTINCT u.id) AS n, MAX(CASE WHEN u.id = ? THEN 1 ELSE 0 END) AS mine
       FROM users u JOIN group_members m ON m.user_id = u.id JOIN user_groups g ON g.id = m.group_id
       WHERE g.role = 'administrator' AND u.disabled_at IS NULL AND u.removed_at IS NULL`,
    [id],
  );
  return { n: Number(row?.n ?? 0), isOne: Number(row?.mine ?? 0) === 1 };
}

/** Logins and their people, removed ones too: no login is ever given to somebody else. */
export function allLogins(
  tx: Pick<Tx, 'rows'>,
): Promise<{ id: number; name: string; removed_at: number | null }[]> {
  return tx.rows('SELECT id, name, removed_at FROM users');
}

export async function describePerson(
  tx: Tx,
  id: number,
  facts: { readonly displayName: string; readonly email: string | null },
): Promise<void> {
  await tx.change('UPDATE users SET display_name = ?, email = ?, version = version + 1 WHERE id = ?', [
    facts.displayName,
    facts.email as string,
    id,
  ]);
}

/** Puts somebody into these groups and no others. */
export async function setGroups(tx: Tx, userId: number, groupIds: readonly number[]): Promise<void> {
  await tx.table('group_members').where({ user_id: userId }).delete();
  for (const group_id of groupIds) await tx.table('group_members').insert({ user_id: userId, group_id });
}

/** False when they are in it already. */
export async function addMember(tx: Tx, groupId: number, userId: number): Promise<boolean> {
  const mine = { group_id: groupId, user_id: userId };
  if (await tx.table('group_members').where(mine).first()) return false;
  await tx.table('group_members').insert(mine);
  return true;
}

/** False when they are not in it. */
export async function removeMember(tx: Tx, groupId: number, userId: number): Promise<boolean> {
  return (await tx.table('group_members').where({ group_id: groupId, user_id: userId }).delete()) > 0;
}

/** Nobody comes in as them any more: sessions, links and tickets go; keys and tokens stay for when they are enabled. */
export async function disable(tx: Tx, id: number): Promise<void> {
  await tx.change(
    'UPDATE users SET disabled_at = ?, version = version + 1 WHERE id = ? AND disabled_at IS NULL',
    [tx.now, id],
  );
  for (const table of ['sessions', 'sign_in_links', 'tickets'])
    await tx.table(table).where({ user_id: id }).delete();
}

export async function enable(tx: Tx, id: number): Promise<void> {
  await tx.change(
    'UPDATE users SET disabled_at = NULL, removed_at = NULL, version = version + 1 WHERE id = ?',
    [id],
  );
}

/** Everything they could come in with goes, their groups and what they teach; who they were stays for the history. */
export async function remove(tx: Tx, id: number): Promise<void> {
  await disable(tx, id);
  for (const table of ['api_tokens', 'calendar_addresses', 'ssh_keys', 'group_members', 'course_instructors'])
    await tx.table(table).where({ user_id: id }).delete();
  await tx.change('UPDATE users SET removed_at = ?, password_hash = NULL WHERE id = ?', [tx.now, id]);
}

export async function removeTokens(tx: Tx, userId: number): Promise<void> {
  await tx.table('api_tokens').where({ user_id: userId }).delete();
}

/** False when the group has another version by now. */
export async function changeGroup(
  tx: Tx,
  id: number,
  version: number,
  group: { readonly name: string; readonly role: Role; readonly limits: Limits },
): Promise<boolean> {
  const { name, role, limits } = group;
  const changed: number = await tx
    .table('user_groups')
    .where({ id, version })
    .update({
      ...{ name, role, version: version + 1 },
      initial_minutes: limits.initialMinutes,
      total_minutes: limits.totalMinutes,
      extend_minutes: limits.extendMinutes,
      overlap: limits.overlap,
      days_ahead: limits.daysAhead,
      upcoming: limits.upcoming,
      servers: limits.servers,
    });
  return changed === 1;
}

export async function deleteGroup(tx: Tx, id: number): Promise<void> {
  // what was published to it and deleted since hangs on it no more
  await tx.table('image_groups').where({ group_id: id }).delete();
  await tx.table('user_groups').where({ id }).delete();
}
