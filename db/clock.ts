import { timeNow } from '../src/lib/clock.ts';
import type { Database } from './connect.ts';
import { rowsOf } from './raw-rows.ts';

/**
 * The one clock of everything durable: the database's time in epoch milliseconds, as much away from the computer's as this process's clock
 * is (`src/lib/clock.ts`), plus what tests shift it by. SQLite's time is this process's by definition, so no statement is spent on it.
 */
export async function readClock(db: Database, connection?: unknown): Promise<number> {
  if (db.engine === 'sqlite') return timeNow() + db.clockOffset;
  const query = db.knex.raw('SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS now');
  const [row] = rowsOf<{ now: number | string }>(await (connection ? query.connection(connection) : query));
  return Number(row?.now) + away(db);
}

/** The same time as a part of a statement, so that a read needs no second one. */
export function clockSql(db: Database): { sql: string; bindings: number[] } {
  if (db.engine === 'sqlite') return { sql: '?', bindings: [timeNow() + db.clockOffset] };
  return { sql: '(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) + ?)', bindings: [away(db)] };
}

/** How far it is from the database's own. */
function away({ clockOffset }: Database): number {
  return timeNow() - Date.now() + clockOffset;
}
