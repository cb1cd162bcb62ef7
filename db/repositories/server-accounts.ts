import type { Tx } from '../transaction.ts';

/** Keeps an account for somebody on a server, closed; its name is `wanted` unless another has that. */
export async function addServerAccount(
  tx: Tx,
  reservationId: number,
  account: { readonly userId: number; readonly wanted: string; readonly password: string },
): Promise<void> {
  const { userId, wanted, password } = account;
  const taken = await tx.rows<{ username: string }>(
    `SELECT username FROM server_accounts WHERE reservation_id = ?
       UNION ALL SELECT username FROM reservations WHERE id = ?`,
    [reservationId, reservationId],
  );
  const names = new Set(taken.map((row) => row.username));
  let username = wanted;
  for (let n = 2; names.has(username); n++) username = `${wanted}-${n}`;
  await tx
    .table('server_accounts')
    .insert({ reservation_id: reservationId, user_id: userId, username, password, opened_as: null });
}

/** What it is on the machine now; null: it is closed there. Whoever looks at the server is told. */
export async function accountIs(tx: Tx, reservationId: number, id: number, as: string | null): Promise<void> {
  await tx.table('server_accounts').where({ id }).update({ opened_as: as });
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [reservationId]);
}
