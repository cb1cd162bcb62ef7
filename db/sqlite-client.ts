import type BetterSqlite from 'better-sqlite3';
import SqliteClient from 'knex/lib/dialects/better-sqlite3/index.js';

interface Query {
  sql: string;
  bindings?: readonly unknown[];
  response?: unknown;
  context?: { lastID: number | bigint; changes: number };
}

const prepared = new WeakMap<BetterSqlite.Database, Map<string, BetterSqlite.Statement>>();
const mostPrepared = 500;

/** Knex's better-sqlite3 client, with each connection's prepared statements kept: half of a short statement's time is preparing it. */
export class CachingSqliteClient extends SqliteClient {
  override async _query(connection: BetterSqlite.Database, query: Query): Promise<Query> {
    const statement = prepare(connection, query.sql);
    const bindings = this._formatBindings(query.bindings);
    if (statement.reader) {
      query.response = statement.all(bindings);
      return query;
    }
    const { lastInsertRowid, changes } = statement.run(bindings);
    query.response = { lastInsertRowid, changes };
    query.context = { lastID: lastInsertRowid, changes };
    return query;
  }
}

/** The connection's statement for this SQL, prepared once. */
export function prepare(connection: BetterSqlite.Database, sql: string): BetterSqlite.Statement {
  const known = prepared.get(connection) ?? new Map<string, BetterSqlite.Statement>();
  prepared.set(connection, known);
  const cached = known.get(sql);
  if (cached) return cached;
  if (known.size >= mostPrepared) known.clear();
  const statement = connection.prepare(sql);
  known.set(sql, statement);
  return statement;
}
