import type { WaiterRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

export type NamedWaiter = WaiterRow &
  Readonly<Record<'image_name' | 'image_title' | 'image_icon' | 'user_name', string>>;

const most = 1_000;

/** Places in the line that are not over, in its order, with whose they are and for what; by id those that are over too. */
export function namedWaiters(
  reader: Reader,
  { id, userId }: { readonly id?: number; readonly userId?: number },
): Promise<NamedWaiter[]> {
  const which =
    id !== undefined ? 'w.id = ?' : userId !== undefined ? 'w.live = 1 AND w.user_id = ?' : 'w.live = 1';
  return reader.rows(
    `SELECT w.*, i.name AS image_name, i.title AS image_title, i.icon AS image_icon, u.name AS user_name
       FROM waiters w JOIN images i ON i.id = w.image_id JOIN users u ON u.id = w.user_id
       WHERE ${which} ORDER BY w.id LIMIT ${most}`,
    [id, userId].filter((value) => value !== undefined),
  );
}
