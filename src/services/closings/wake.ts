import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';

/** Those who look after nodes look at what is closed at once. */
export async function wakeClosings(tx: Tx): Promise<void> {
  const places = await tx.rows<{ id: number }>('SELECT id FROM places');
  for (const { id } of places) {
    await queueTask(tx, { action: 'closings', targetType: 'place', targetId: id }, { placeId: id });
    await wakeTask(tx, 'closings', 'place', id);
  }
}
