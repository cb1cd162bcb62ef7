import { addNotice } from '../../db/repositories/reservations.ts';
import { queueTask } from '../../db/repositories/tasks.ts';
import type { Tx } from '../../db/transaction.ts';
import type { DaemonDeps } from './deps.ts';

/** Tells a reservation's person once per key, on the page and by mail; false when they were told before. */
export async function notify(
  tx: Tx,
  deps: DaemonDeps,
  id: number,
  key: string,
  facts: object,
): Promise<boolean> {
  const first = await addNotice(tx, id, key, facts);
  if (first && deps.mailer) {
    await queueTask(
      tx,
      { action: 'notify', targetType: 'reservation', targetId: id },
      { placeId: deps.placeId, reservationId: id },
    );
  }
  return first;
}
