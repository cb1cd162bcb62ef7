import type { Reader, Tx } from '../transaction.ts';

/** Of whom an address is, and whether it still leads anywhere. */
export interface AddressRow {
  hash: string;
  user_id: number;
  display_name: string;
  made_at: number;
  read_at: number | null;
  revoked_at: number | null;
  disabled_at: number | null;
}

const select = `SELECT a.*, u.display_name, u.disabled_at FROM calendar_addresses a JOIN users u ON u.id = a.user_id`;

export async function addressByHash(reader: Reader, hash: string): Promise<AddressRow | null> {
  return (await reader.rows<AddressRow>(`${select} WHERE a.hash = ?`, [hash]))[0] ?? null;
}

export async function addressOf(reader: Reader, userId: number): Promise<AddressRow | null> {
  const sql = `${select} WHERE a.user_id = ? AND a.revoked_at IS NULL`;
  return (await reader.rows<AddressRow>(sql, [userId]))[0] ?? null;
}

/** Call guardUser before: a person has one address. */
export async function addAddress(tx: Tx, userId: number, hash: string): Promise<void> {
  await tx.table('calendar_addresses').insert({ hash, user_id: userId, made_at: tx.now });
}

/** False when there was none. */
export async function revokeAddress(tx: Tx, userId: number): Promise<boolean> {
  const sql = 'UPDATE calendar_addresses SET revoked_at = ? WHERE user_id = ? AND revoked_at IS NULL';
  return (await tx.change(sql, [tx.now, userId])) > 0;
}

export async function noteRead(tx: Tx, hash: string): Promise<void> {
  await tx.table('calendar_addresses').where({ hash }).update({ read_at: tx.now });
}

export async function isInvited(reader: Reader, userId: number): Promise<boolean> {
  const [row] = await reader.rows<{ invited: number }>('SELECT invited FROM users WHERE id = ?', [userId]);
  return row?.invited === 1;
}

export async function setInvited(tx: Tx, userId: number, invited: boolean): Promise<void> {
  await tx
    .table('users')
    .where({ id: userId })
    .update({ invited: invited ? 1 : 0 })
    .increment('version', 1);
}
