/** Many rows in few statements. */

import type { Knex } from 'knex';
import { marks } from '../marks.ts';
import type { Tx } from '../transaction.ts';

/** Some rows of one table: values in the order of the columns. */
export interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Bound values of one statement; SQLite takes 32,766, MariaDB 65,535. */
const mostValues = 20_000;

/** Writes rows as they are. */
export async function fillTable(tx: Tx, { table, columns, rows }: TableRows): Promise<void> {
  const together = Math.max(1, Math.floor(mostValues / columns.length));
  for (let at = 0; at < rows.length; at += together) {
    const some = rows.slice(at, at + together);
    const tuples = some.map(() => `(${marks(columns)})`).join(', ');
    await tx.change(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${tuples}`,
      some.flat() as Knex.Value[],
    );
  }
}

/** Rows that all have the same columns. */
export async function insertRows(
  tx: Tx,
  table: string,
  rows: readonly Readonly<Record<string, string | number | null>>[],
): Promise<void> {
  const [first] = rows;
  if (first) await fillTable(tx, { table, columns: Object.keys(first), rows: rows.map(Object.values) });
}
