import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';

/** Those who look after nodes look at what is closed at once. */
export function wakeClosings(tx: Tx): Promise<void> {
  return wakePlaces(tx, 'closings');
}

/** What is done again and again for a place is done at once, at all of them. */
export async function wakePlaces(tx: Tx, action: 'closings' | 'classes' | 'preload'): Promise<void> {
  const places = await tx.rows<{ id: number }>('SELECT id FROM places');
  for (const { id } of places) {
    await queueTask(tx, { action, targetType: 'place', targetId: id }, { placeId: id });
    await wakeTask(tx, action, 'place', id);
  }
}
