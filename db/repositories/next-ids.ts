import type { Database } from '../connect.ts';
import { inTransaction, type Reader, reading } from '../transaction.ts';

/** The number that the next row of a table gets, by table; also where rows with the highest numbers are gone already. */
export type NextIds = Readonly<Record<string, number>>;

/** Only the engine knows: what SQLite counts is the last number that it gave. */
export async function nextIds(reader: Reader): Promise<NextIds> {
  const rows = await reader.rows<{ table: string; next: number }>(
    reader.engine === 'sqlite'
      ? `SELECT name AS "table", seq + 1 AS next FROM sqlite_sequence WHERE name NOT LIKE 'knex%' ORDER BY name`
      : `SELECT table_name AS \`table\`, auto_increment AS next FROM information_schema.tables
           WHERE table_schema = DATABASE() AND auto_increment IS NOT NULL AND table_name NOT LIKE 'knex%' ORDER BY table_name`,
  );
  return Object.fromEntries(rows.map(({ table, next }) => [table, Number(next)]));
}

/** Lets every table that gives numbers go on at least there; never one that was given already. */
export async function continueAt(db: Database, next: NextIds): Promise<void> {
  if (db.engine === 'mariadb') {
    for (const table of Object.keys(await reading(db, nextIds)))
      if (next[table] !== undefined)
        await db.knex.raw(`ALTER TABLE ?? AUTO_INCREMENT = ${next[table]}`, [table]);
    return;
  }
  await inTransaction(db, async (tx) => {
    for (const [table, id] of Object.entries(next)) {
      await tx.change('DELETE FROM sqlite_sequence WHERE name = ? AND seq < ?', [table, id - 1]);
      await tx.change(
        'INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)',
        [table, id - 1, table],
      );
    }
  });
}
