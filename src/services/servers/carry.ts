import { reservationRow } from '../../../db/queries/reservations.ts';
import { openEnded } from '../../../db/queries/servers.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { hour } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import { carryUntil } from '../reservations/extend.ts';
import { extendedOf } from '../reservations/extension.ts';
import { openEnd } from './rules.ts';

/**
 * Holds servers without an end as far ahead as anything can be booked: of each a transaction. A booking that is in the way moves to
 * another machine; where it cannot, the server is carried on when it has gone.
 */
export async function carryServers(
  deps: Pick<ServiceDeps, 'db' | 'descriptors' | 'cipher'>,
): Promise<number> {
  const due = await reading(deps.db, (reader) => openEnded(reader, openEnd(reader.now) - hour));
  let carried = 0;
  for (const { id } of due) {
    carried += await inTransaction(deps.db, async (tx) => {
      await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
      const row = await reservationRow(tx, id);
      if (row?.open_ended !== 1) return 0;
      const extended = await extendedOf(tx, deps, row);
      return extended && (await carryUntil(tx, deps, extended, openEnd(tx.now))) ? 1 : 0;
    });
  }
  return carried;
}
