import type { Database } from '../../db/connect.ts';
import { readRows } from '../../db/transaction.ts';

/**
 * Resolves when each of these waits for a row that another transaction has changed, or has ended. SQLite has one writer: whoever
 * comes later waits from the start.
 */
export async function heldUp(db: Database, work: readonly Promise<unknown>[]): Promise<void> {
  if (db.engine === 'sqlite') return;
  let ended = 0;
  const end = () => void ended++;
  for (const one of work) one.then(end, end);
  const waiting = async () => {
    const [row] = await readRows<{ Value: string }>(
      db,
      "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'",
      [],
    );
    return Number(row?.Value);
  };
  while (ended + (await waiting()) < work.length);
}
