/** Knex ships no types for its dialects' files. */
declare module 'knex/lib/dialects/better-sqlite3/index.js' {
  import { Knex } from 'knex';
  export default class SqliteClient extends Knex.Client {
    _query(connection: unknown, query: unknown): Promise<unknown>;
    _formatBindings(bindings: readonly unknown[] | undefined): unknown[];
  }
}
