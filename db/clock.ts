import type { Database } from './connect.ts';
import { rowsOf } from './raw-rows.ts';

/**
 * The one clock: the database's time in epoch milliseconds, plus what tests shift it by. SQLite's time is this machine's
 * time by definition, so no statement is spent on it.
 */
export async function readClock(db: Database, connection?: unknown): Promise<number> {
  if (db.engine === 'sqlite') return Date.now() + db.clockOffset;
  const query = db.knex.raw('SELECT ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) AS now');
  const [row] = rowsOf<{ now: number | string }>(await (connection ? query.connection(connection) : query));
  return Number(row?.now) + db.clockOffset;
}

/** The same time as a part of a statement, so that a read needs no second one. */
export function clockSql(db: Database): { sql: string; bindings: number[] } {
  if (db.engine === 'sqlite') return { sql: '?', bindings: [Date.now() + db.clockOffset] };
  return { sql: '(ROUND(UNIX_TIMESTAMP(NOW(3)) * 1000) + ?)', bindings: [db.clockOffset] };
}
