import { EventEmitter } from 'node:events';
import knexFactory, { type Knex } from 'knex';
import { migrating } from './migrations/index.ts';
import { CachingSqliteClient } from './sqlite-client.ts';

export type Engine = 'sqlite' | 'mariadb';

/** What a connection is kept for. */
export type KeptFor = 'reads' | 'writes';

/** The one door to the database. Everything in `db/` takes it or a `Tx` made from it. */
export interface Database {
  readonly engine: Engine;
  readonly knex: Knex;
  /** Emits `committed` after each transaction that changed something: the daemon and the event pollers wake up. */
  readonly signals: EventEmitter;
  /** What tests add to the database's time, in milliseconds. */
  clockOffset: number;
  /** Counters for benchmarks: statements (without BEGIN, COMMIT and savepoints) and commits so far. */
  readonly counts: { statements: number; commits: number };
  /** Counts a statement that does not go through knex. */
  noteStatement(sql: string): void;
  /** SQLite: lends a connection that is kept, so that the pool is not asked for each read. */
  lend<T>(use: KeptFor, work: (connection: unknown) => Promise<T>): Promise<T>;
  /** When all that was lent has been given back. */
  close(): Promise<void>;
}

const transactionControl = /^(BEGIN|START|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/;

/** `sqlite:/absolute/file` or `mysql://user:password@host:port/database`. Connects lazily; `migrate` makes the tables. */
export function connectDatabase(url: string): Database {
  const engine: Engine = url.startsWith('sqlite:') ? 'sqlite' : 'mariadb';
  const knex = engine === 'sqlite' ? sqlite(url.slice('sqlite:'.length)) : mariadb(url);
  const counts = { statements: 0, commits: 0 };
  const noteStatement = (sql: string) => {
    if (!transactionControl.test(sql)) counts.statements++;
  };
  knex.on('query', ({ sql }: { sql: string }) => noteStatement(sql));
  const signals = new EventEmitter();
  signals.setMaxListeners(0);
  const { lend, release } = keeping(knex);
  const close = async () => {
    await release();
    await knex.destroy();
  };
  return { engine, knex, signals, clockOffset: 0, counts, noteStatement, lend, close };
}

function keeping(knex: Knex) {
  const connections = new Map<KeptFor, Promise<unknown>>();
  let lent = 0;
  const kept = (use: KeptFor): Promise<unknown> => {
    const known = connections.get(use);
    if (known) return known;
    const fresh = knex.client.acquireConnection() as Promise<unknown>;
    connections.set(use, fresh);
    fresh.catch(() => connections.delete(use));
    return fresh;
  };
  return {
    async lend<T>(use: KeptFor, work: (connection: unknown) => Promise<T>): Promise<T> {
      lent++;
      try {
        return await work(await kept(use));
      } finally {
        lent--;
      }
    },
    async release() {
      while (lent > 0) await new Promise(setImmediate);
      for (const connection of connections.values())
        await connection.then((one) => knex.client.releaseConnection(one)).catch(noop);
      connections.clear();
    },
  };
}

/** Errors are thrown; what knex says besides is not for people. */
const silent = { warn: noop, error: noop, deprecate: noop, debug: noop };
function noop(): void {}

function sqlite(filename: string): Knex {
  return knexFactory({
    client: CachingSqliteClient as unknown as typeof Knex.Client,
    connection: { filename },
    useNullAsDefault: true,
    log: silent,
    pool: {
      min: 1,
      // two are kept, for reads and for writes
      max: 4,
      afterCreate(connection: { pragma(text: string): void }, done: (error: Error | null) => void) {
        for (const pragma of [
          'journal_mode = WAL',
          'synchronous = FULL',
          'busy_timeout = 5000',
          'foreign_keys = ON',
          // 4 MB a connection: better-sqlite3's 16 were a quarter of a busy daemon's memory, and saved nothing
          'cache_size = -4000',
        ]) {
          connection.pragma(pragma);
        }
        done(null);
      },
    },
  });
}

function mariadb(url: string): Knex {
  return knexFactory({
    client: 'mysql2',
    connection: url,
    log: silent,
    pool: {
      min: 1,
      max: 10,
      afterCreate(
        connection: { query(sql: string, done: (error: Error | null) => void): void },
        done: (error: Error | null) => void,
      ) {
        connection.query("SET SESSION tx_isolation = 'READ-COMMITTED', time_zone = '+00:00'", done);
      },
    },
  });
}

export interface MigrateOptions {
  /** A lock that stays for longer was left by one that was killed, and is taken over. */
  readonly patienceMs?: number;
  /** Told once when somebody else has the lock. */
  readonly waiting?: () => void;
}

/**
 * Brings the tables to this program's schema. Safe to call from several processes at once (one does it, the others wait) and
 * to be killed anywhere.
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<void> {
  const { patienceMs = 30_000, waiting } = options;
  const began = performance.now();
  let waits = false;
  for (;;) {
    try {
      await db.knex.migrate.latest(migrating);
      return;
    } catch (error) {
      if ((error as Error).name !== 'MigrationLocked') throw error;
      if (!waits) waiting?.();
      waits = true;
      if (performance.now() - began > patienceMs) await db.knex.migrate.forceFreeMigrationsLock(migrating);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
