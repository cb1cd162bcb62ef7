import { marks } from '../marks.ts';
import type { ServerAccountRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { type ReservationListRow, reservationSelect } from './reservations.ts';

interface Whose {
  readonly id: number;
  readonly groupIds?: readonly number[] | undefined;
}

/** Live servers `r` that somebody has, gets into or looks after. */
export function serversOf({ id, groupIds = [] }: Whose): { sql: string; bindings: number[] } {
  const live = 'r.server_name IS NOT NULL AND r.live = 1';
  if (groupIds.length === 0) return { sql: `${live} AND r.user_id = ?`, bindings: [id] };
  const groups = marks(groupIds);
  return {
    sql: `${live} AND (r.user_id = ? OR r.login_group_id IN (${groups}) OR r.admin_group_id IN (${groups}))`,
    bindings: [id, ...groupIds, ...groupIds],
  };
}

/** Somebody's servers, or everybody's, by name; those after the `after`th. */
export function serverRows(
  reader: Reader,
  whose: Whose | null,
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<ReservationListRow[]> {
  const { sql, bindings } = whose
    ? serversOf(whose)
    : { sql: 'r.server_name IS NOT NULL AND r.live = 1', bindings: [] };
  return reader.rows(`${reservationSelect} WHERE ${sql} ORDER BY r.server_name, r.id LIMIT ? OFFSET ?`, [
    ...bindings,
    limit,
    offset,
  ]);
}

/** How many somebody has. */
export async function countServers(reader: Reader, userId: number): Promise<number> {
  const [row] = await reader.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM reservations WHERE user_id = ? AND live = 1 AND server_name IS NOT NULL',
    [userId],
  );
  return Number(row?.n ?? 0);
}

/** Who gets into a server besides its person: `admin` 1 for who looks after it, `row` their account once there is one. */
export interface ServerMember {
  user_id: number;
  user_name: string;
  admin: number;
  account: ServerAccountRow | null;
}

/** Those of its groups whose accounts are open, by login. */
export async function serverMembers(reader: Reader, reservationId: number): Promise<ServerMember[]> {
  const people = await reader.rows<Omit<ServerMember, 'account'>>(
    `SELECT u.id AS user_id, u.name AS user_name, MAX(CASE WHEN m.group_id = r.admin_group_id THEN 1 ELSE 0 END) AS admin
       FROM reservations r JOIN group_members m ON m.group_id IN (r.login_group_id, r.admin_group_id)
         JOIN users u ON u.id = m.user_id AND u.disabled_at IS NULL AND u.removed_at IS NULL AND u.id <> r.user_id
       WHERE r.id = ? GROUP BY u.id, u.name ORDER BY u.name`,
    [reservationId],
  );
  const accounts = await serverAccounts(reader, reservationId);
  return people.map((one) => ({
    ...one,
    admin: Number(one.admin),
    account: accounts.find((account) => account.user_id === one.user_id) ?? null,
  }));
}

/** Every account that was made for it, of those too who get in no more. */
export function serverAccounts(reader: Reader, reservationId: number): Promise<ServerAccountRow[]> {
  return reader.rows('SELECT * FROM server_accounts WHERE reservation_id = ? ORDER BY id', [reservationId]);
}

/** Somebody's account on it. */
export async function serverAccount(
  reader: Reader,
  reservationId: number,
  userId: number,
): Promise<ServerAccountRow | null> {
  const rows = await serverAccounts(reader, reservationId);
  return rows.find((row) => row.user_id === userId) ?? null;
}

/** Servers without an end whose time is to be carried forward to `until`. */
export function openEnded(reader: Reader, until: number): Promise<{ id: number; allocation_id: number }[]> {
  return reader.rows(
    `SELECT r.id, a.id AS allocation_id FROM reservations r
       CROSS JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL AND a.state <> 'failed'
       WHERE r.server_name IS NOT NULL AND r.live = 1 AND r.open_ended = 1 AND r.end_at < ? ORDER BY r.id`,
    [until],
  );
}
