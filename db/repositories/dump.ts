import type { Knex } from 'knex';
import type { Reader } from '../transaction.ts';
import type { TableRows } from './insert-rows.ts';

const perPiece = 2_000;

/** Every row of every table, knex's own aside, in pieces. Called in a snapshot, all are of one moment. */
export async function* tableRows(reader: Reader): AsyncGenerator<TableRows> {
  for (const { table, key } of await tablesOf(reader)) {
    let after: Knex.Value | null = null;
    do {
      const until = await boundary(reader, table, key, after);
      const rows = await between(reader, table, key, after, until);
      if (rows[0])
        yield {
          table,
          columns: Object.keys(rows[0]),
          rows: rows.map((row) => Object.values(row)),
        };
      after = until;
    } while (after !== null);
  }
}

/** The key at which a piece ends, so that rows with the same first key column stay together; null: the rest is a piece. */
async function boundary(
  reader: Reader,
  table: string,
  key: string,
  after: Knex.Value | null,
): Promise<Knex.Value | null> {
  const [row] = await reader.rows<{ at: Knex.Value }>(
    `SELECT ${key} AS at FROM ${table} ${after === null ? '' : `WHERE ${key} > ?`} ORDER BY ${key} LIMIT 1 OFFSET ${perPiece}`,
    after === null ? [] : [after],
  );
  return row?.at ?? null;
}

function between(
  reader: Reader,
  table: string,
  key: string,
  after: Knex.Value | null,
  until: Knex.Value | null,
): Promise<Record<string, string | number | null>[]> {
  const conditions = [...(after === null ? [] : [`${key} > ?`]), ...(until === null ? [] : [`${key} <= ?`])];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  const bindings = [after, until].filter((value) => value !== null);
  return reader.rows(`SELECT * FROM ${table} ${where}`, bindings);
}

/** The tables and the first column of each one's primary key: what only the engine knows. */
function tablesOf(reader: Reader): Promise<{ table: string; key: string }[]> {
  return reader.rows(
    reader.engine === 'sqlite'
      ? `SELECT m.name AS "table", c.name AS "key" FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.pk = 1
           WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE 'knex%' ORDER BY m.name`
      : `SELECT table_name AS \`table\`, column_name AS \`key\` FROM information_schema.key_column_usage
           WHERE table_schema = DATABASE() AND constraint_name = 'PRIMARY' AND ordinal_position = 1
             AND table_name NOT LIKE 'knex%' ORDER BY table_name`,
  );
}

/** The names of the migrations that were run. */
export async function schemaOf(reader: Reader): Promise<string[]> {
  return reader.table('knex_migrations').orderBy('id').pluck<string[]>('name');
}
