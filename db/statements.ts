import type BetterSqlite from 'better-sqlite3';
import type { Knex } from 'knex';
import type { Database } from './connect.ts';
import { marks } from './marks.ts';
import { rowsOf } from './raw-rows.ts';
import { prepare } from './sqlite-client.ts';

/** Plain statements on one connection. */
export interface Statements {
  rows<Row>(sql: string, bindings?: readonly Knex.Value[]): Promise<Row[]>;
  /** The number of changed (matched) rows. */
  change(sql: string, bindings?: readonly Knex.Value[]): Promise<number>;
  /** The new row's id. */
  insert(table: string, row: Readonly<Record<string, Knex.Value | null>>): Promise<number>;
}

export function statementsOn(db: Database, connection: unknown): Statements {
  return db.engine === 'sqlite'
    ? direct(db, connection as BetterSqlite.Database)
    : throughKnex(db, connection);
}

/** Straight to the prepared statement: what knex puts in between costs five times what SQLite takes for a short one. */
function direct(db: Database, connection: BetterSqlite.Database): Statements {
  const bound = (bindings: readonly Knex.Value[]) =>
    bindings.map((value) => (typeof value === 'boolean' ? Number(value) : value));
  const run = (sql: string, bindings: readonly Knex.Value[] = []) => {
    db.noteStatement(sql);
    return prepare(connection, sql).run(bound(bindings));
  };
  return {
    rows: async <Row>(sql: string, bindings: readonly Knex.Value[] = []) => {
      db.noteStatement(sql);
      return prepare(connection, sql).all(bound(bindings)) as Row[];
    },
    change: async (sql, bindings) => run(sql, bindings).changes,
    insert: async (table, row) => {
      const names = Object.keys(row);
      const sql = `INSERT INTO ${table} (${names.join(', ')}) VALUES (${marks(names)})`;
      return Number(run(sql, Object.values(row) as Knex.Value[]).lastInsertRowid);
    },
  };
}

function throughKnex(db: Database, connection: unknown): Statements {
  const raw = (sql: string, bindings: readonly Knex.Value[] = []) =>
    db.knex.raw(sql, bindings as Knex.Value[]).connection(connection);
  return {
    rows: async <Row>(sql: string, bindings?: readonly Knex.Value[]) => rowsOf<Row>(await raw(sql, bindings)),
    change: async (sql, bindings) =>
      ((await raw(sql, bindings)) as [{ affectedRows: number }, unknown])[0].affectedRows,
    insert: async (table, row) => {
      const [id] = (await db.knex(table).insert(row).connection(connection)) as number[];
      return Number(id);
    },
  };
}
