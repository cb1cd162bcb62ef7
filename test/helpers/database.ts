import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, type Engine, migrate } from '../../db/connect.ts';
import { rowsOf } from '../../db/raw-rows.ts';
import { type MariaDb, startMariaDb } from './mariadb.ts';

/** What a test is given to reach its database. */
export interface TestDatabase {
  /**
   * A connection to this test's own database, fresh and migrated. Called again within the test it gives another
   * connection to the same database, as another process would have. All are closed when the test ends. (On SQLite only
   * one of them should write: two writers of one process wait for each other without letting it run.)
   */
  open(): Promise<Database>;
  /** The database's address, for a program that is started by the test. */
  url(): Promise<string>;
  /** Ends this test's database: `open` and `url` are of another one from here on. */
  renew(): Promise<void>;
}

const engines: readonly Engine[] = ['sqlite', 'mariadb'];

/** The engines to test on: both, unless LABRADOR_TEST_ENGINES names some (`sqlite,mariadb`). */
function chosenEngines(): Engine[] {
  const named = process.env.LABRADOR_TEST_ENGINES?.split(',');
  return engines.filter((engine) => named === undefined || named.includes(engine));
}

/**
 * Defines the same tests once for each engine: `eachEngine((engine, { open }) => { it(..., async () => { const db = await open(); }) })`.
 * MariaDB starts with the first test that needs it and ends with the process.
 */
export function eachEngine(define: (engine: Engine, database: TestDatabase) => void): void {
  for (const engine of chosenEngines()) {
    describe(`on ${engine}`, () => {
      const database = databasePerTest(engine);
      define(engine, database);
      // Behind the test's own hooks: what works on the database stops before it is closed.
      afterEach(database.renew);
    });
  }
}

function databasePerTest(engine: Engine): TestDatabase {
  let made: Promise<Made> | undefined;
  let opened: Database[] = [];
  before(async function () {
    this.timeout(180_000);
    await (engine === 'sqlite' ? sqliteTemplate() : startMariaDb());
  });
  const url = async () => {
    made ??= engine === 'sqlite' ? makeSqlite() : makeMariaDb();
    return (await made).url;
  };
  return {
    url,
    async open() {
      const db = connectDatabase(await url());
      opened.push(db);
      return db;
    },
    async renew() {
      await Promise.all(opened.map((db) => db.close()));
      opened = [];
      await (await made)?.remove();
      made = undefined;
    },
  };
}

interface Made {
  readonly url: string;
  remove(): Promise<void>;
}

let template: Promise<string> | undefined;

/** One migrated file that every test copies. */
function sqliteTemplate(): Promise<string> {
  template ??= makeTemplate();
  return template;
}

async function makeTemplate(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-sqlite-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'template.sqlite');
  const db = connectDatabase(`sqlite:${file}`);
  await migrate(db);
  await db.close();
  return file;
}

async function makeSqlite(): Promise<Made> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-sqlite-'));
  const file = join(folder, 'labrador.sqlite');
  copyFileSync(await sqliteTemplate(), file);
  return {
    url: `sqlite:${file}`,
    remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}

let databases = 0;
const spare: string[] = [];

/** Making 25 tables takes a while, so that a database is emptied after a test and given to the next. */
async function makeMariaDb(): Promise<Made> {
  const server = await startMariaDb();
  const url = spare.pop() ?? (await createMariaDb(server));
  return {
    url,
    async remove() {
      await emptyMariaDb(url);
      spare.push(url);
    },
  };
}

async function createMariaDb(server: MariaDb): Promise<string> {
  const name = `test_${++databases}`;
  const administration = connectDatabase(server.url(''));
  await administration.knex.raw(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await administration.close();
  const db = connectDatabase(server.url(name));
  await migrate(db);
  await db.close();
  return server.url(name);
}

async function emptyMariaDb(url: string): Promise<void> {
  const db = connectDatabase(url);
  const tables = rowsOf<{ name: string }>(
    await db.knex.raw(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name NOT LIKE 'knex%'",
    ),
  );
  const filled = tables.map(({ name }) => `(SELECT '${name}' AS name FROM \`${name}\` LIMIT 1)`);
  for (const { name } of rowsOf<{ name: string }>(await db.knex.raw(filled.join(' UNION ALL ')))) {
    await db.knex.raw(`TRUNCATE TABLE \`${name}\``);
  }
  await db.close();
}
