import { serverMembers } from '../../../db/queries/servers.ts';
import { addServerAccount } from '../../../db/repositories/server-accounts.ts';
import type { Tx } from '../../../db/transaction.ts';
import { randomPassword } from '../../lib/secrets.ts';
import type { ServiceDeps } from '../deps.ts';
import { loginName } from '../reservations/username.ts';

/** Keeps an account for everybody of a server's groups who has none: with a name and a password of their own, and closed. */
export async function addMembers(
  tx: Tx,
  deps: Pick<ServiceDeps, 'cipher'>,
  reservationId: number,
): Promise<void> {
  for (const { user_id: userId, user_name: name, account } of await serverMembers(tx, reservationId)) {
    if (account) continue;
    const password = deps.cipher.seal(randomPassword());
    await addServerAccount(tx, reservationId, { userId, wanted: loginName(name), password });
  }
}
