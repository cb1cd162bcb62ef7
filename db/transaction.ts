import type { Knex } from 'knex';
import { LabError } from '../src/domain/errors.ts';
import { readClock } from './clock.ts';
import type { Database, KeptFor } from './connect.ts';
import { type Statements, statementsOn } from './statements.ts';

/** One writing transaction. Inside it, touch only what it hands out; nothing foreign is awaited in it. */
export interface Tx extends Statements {
  readonly engine: Database['engine'];
  /** The database's time, read once, in epoch milliseconds. */
  readonly now: number;
  table(name: string): Knex.QueryBuilder;
  /** Runs `attempt`; when it returns false, everything it did is undone and the transaction goes on. */
  savepoint(attempt: () => Promise<boolean>): Promise<boolean>;
}

/** How long a lost race is tried again, in milliseconds (design, section 5). */
const raceDeadline = 5_000;

/** What follows in a transaction in which something became free. */
type Follows = (tx: Tx) => Promise<void>;
const follows = new WeakMap<Database, Follows>();
const freed = new WeakSet<Tx>();

/** Has `work` done at the end of every transaction of this database in which something became free: before its commit. */
export function whenFreed(db: Database, work: Follows): void {
  follows.set(db, work);
}

/** A machine, or time of one, became free in this transaction. */
export function noteFreed(tx: Tx): void {
  freed.add(tx);
}

async function withWhatFollows<T>(db: Database, tx: Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  freed.delete(tx);
  const result = await work(tx);
  if (freed.delete(tx)) await follows.get(db)?.(tx);
  return result;
}

/**
 * Runs `work` in one transaction and commits it. A lost race (SQLITE_BUSY*, 1020, 1205, 1213, and a duplicate key that
 * `work` did not handle) runs the whole of it again, with jitter, for up to 5 s; then it is `busy`, except for the
 * duplicate key, which is thrown as it is: a defect of `work`. Throws `disk.full` when the database has no room for it.
 */
export async function inTransaction<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const started = performance.now();
  const whole = (tx: Tx) => withWhatFollows(db, tx, work);
  for (let attempt = 0; ; attempt++) {
    try {
      const result = await (db.engine === 'sqlite' ? inTurn(db, whole) : alone(db, whole));
      db.signals.emit('committed');
      return result;
    } catch (error) {
      if (isFull(error)) throw new LabError('disk.full', { cause: error });
      if (!isLostRace(error)) throw error;
      if (performance.now() - started > raceDeadline)
        throw isDuplicate(error) ? error : new LabError('busy', { cause: error });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(200, 5 * 2 ** attempt)));
    }
  }
}

interface Writer {
  work(tx: Tx): Promise<unknown>;
  resolve(result: unknown): void;
  reject(reason: unknown): void;
}

const queues = new WeakMap<Database, Writer[]>();
/** Writers that share one commit at most. */
const mostTogether = 16;

/**
 * SQLite has one writer. This process's writers queue (a second BEGIN IMMEDIATE would block the event loop), and those that
 * wait at the same time share one commit, each in a savepoint of its own: the disk is waited for once.
 */
function inTurn<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const writer: Writer = { work, resolve: resolve as (result: unknown) => void, reject };
    const queue = queues.get(db);
    if (queue) queue.push(writer);
    else {
      queues.set(db, [writer]);
      void drain(db);
    }
  });
}

async function drain(db: Database): Promise<void> {
  const queue = queues.get(db) ?? [];
  while (queue.length > 0) {
    // Requests that have arrived meanwhile queue too: they share the commit.
    await new Promise(setImmediate);
    const writers = queue.splice(0, mostTogether);
    const [only] = writers;
    if (only && writers.length === 1) await alone(db, only.work).then(only.resolve, only.reject);
    else await together(db, writers);
  }
  queues.delete(db);
}

/** Nobody is told before the one commit; one that fails is undone without the others. */
async function together(db: Database, writers: readonly Writer[]): Promise<void> {
  const tellers: (() => void)[] = [];
  const commit = alone(db, async (tx) => {
    for (const writer of writers) {
      let result: unknown;
      let failure: { readonly reason: unknown } | null = null;
      await tx.savepoint(async () => {
        result = await writer.work(tx).catch((reason: unknown) => {
          // SQLite has undone the whole transaction by itself.
          if (isFull(reason)) throw reason;
          failure = { reason };
        });
        return failure === null;
      });
      const failed = failure as { readonly reason: unknown } | null;
      tellers.push(() => (failed ? writer.reject(failed.reason) : writer.resolve(result)));
    }
  });
  await commit.then(
    () => {
      for (const tell of tellers) tell();
    },
    (reason: unknown) => {
      for (const writer of writers) writer.reject(reason);
    },
  );
}

function alone<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return connected(db, 'writes', async (connection) => {
    const run = statementsOn(db, connection).change;
    await run(db.engine === 'sqlite' ? 'BEGIN IMMEDIATE' : 'START TRANSACTION');
    try {
      const result = await work(await makeTx(db, connection));
      await run('COMMIT');
      db.counts.commits++;
      return result;
    } catch (error) {
      await run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/** Lends a connection for as long as the work takes; of SQLite one that is kept: there is one writer, and a read is over before another begins. */
async function connected<T>(
  db: Database,
  use: KeptFor | 'alone',
  work: (connection: unknown) => Promise<T>,
): Promise<T> {
  if (db.engine === 'sqlite' && use !== 'alone') return db.lend(use, work);
  const connection: unknown = await db.knex.client.acquireConnection();
  try {
    return await work(connection);
  } finally {
    await db.knex.client.releaseConnection(connection);
  }
}

async function makeTx(db: Database, connection: unknown): Promise<Tx> {
  const statements = statementsOn(db, connection);
  let savepoints = 0;
  return {
    engine: db.engine,
    now: await readClock(db, connection),
    table: (name) => db.knex(name).connection(connection),
    async savepoint(attempt) {
      const name = `s${++savepoints}`;
      await statements.change(`SAVEPOINT ${name}`);
      const kept = await attempt();
      if (!kept) await statements.change(`ROLLBACK TO SAVEPOINT ${name}`);
      await statements.change(`RELEASE SAVEPOINT ${name}`);
      return kept;
    },
    // last: spread first, it makes an object that every further member is slow to be added to
    ...statements,
  };
}

const raceCodes = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', 'ER_DUP_ENTRY']);
const raceNumbers = new Set([1020, 1205, 1213, 1062]);

/** True where the whole transaction is to be run again: it has lost to another one. */
export function isLostRace(error: unknown): boolean {
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  if (typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || raceCodes.has(code))) return true;
  return typeof errno === 'number' && raceNumbers.has(errno);
}

/** No room on the database's disk: SQLITE_FULL, or where it keeps its index of the log; MariaDB's 1021 and 1114. */
function isFull(error: unknown): boolean {
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  return code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE' || errno === 1021 || errno === 1114;
}

/** True for a broken UNIQUE: somebody else has it. */
export function isDuplicate(error: unknown): boolean {
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  return (
    code === 'SQLITE_CONSTRAINT_UNIQUE' ||
    code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    code === 'ER_DUP_ENTRY' ||
    errno === 1062
  );
}

/** What reads need: no transaction, no write. */
export type Reader = Pick<Tx, 'engine' | 'now' | 'table' | 'rows'>;

/** Reads that all see the database as it was at one moment. */
export function inSnapshot<T>(db: Database, work: (reader: Reader) => Promise<T>): Promise<T> {
  return connected(db, 'alone', async (connection) => {
    const run = (sql: string) => db.knex.raw(sql).connection(connection);
    if (db.engine === 'mariadb') await run('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await run(db.engine === 'sqlite' ? 'BEGIN' : 'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    try {
      return await work(await makeTx(db, connection));
    } finally {
      await run('ROLLBACK');
    }
  });
}

/** Reads outside any transaction; each statement sees the newest committed rows. */
export function reading<T>(db: Database, work: (reader: Reader) => Promise<T>): Promise<T> {
  return connected(db, 'reads', async (connection) => work(await makeTx(db, connection)));
}

/** The rows of one statement by itself, which needs no clock. */
export function readRows<Row>(
  db: Database,
  sql: string,
  bindings: readonly (string | number)[],
): Promise<Row[]> {
  return connected(db, 'reads', (connection) => statementsOn(db, connection).rows<Row>(sql, bindings));
}
