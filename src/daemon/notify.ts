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
  const notice = await addNotice(tx, id, key, facts);
  if (notice !== null && deps.mailer) {
    const task = { action: 'notify', targetType: 'notice', targetId: notice } as const;
    await queueTask(tx, task, { placeId: deps.placeId, reservationId: id });
  }
  return notice !== null;
}
