import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, type Engine, migrate } from '../../db/connect.ts';
import { rowsOf } from '../../db/raw-rows.ts';
import { startGalera } from './galera.ts';
import { startMariaDb } from './mariadb.ts';
import type { MariaDbServer } from './mariadb-server.ts';

/** What a test is given to reach its database. */
export interface TestDatabase {
  /**
   * A connection to this test's own database, fresh and migrated. Called again within the test it gives another
   * connection to the same database, as another process would have, on Galera to the nodes in turn. All are closed when the test
   * ends. (On SQLite only one of them should write: two writers of one process wait for each other without letting it run.)
   */
  open(): Promise<Database>;
  /** The database's address, for a program that is started by the test. */
  url(): Promise<string>;
  /** Ends this test's database: `open` and `url` are of another one from here on. */
  renew(): Promise<void>;
}

/** Two nodes of a Galera cluster are an engine of their own, for those of the full tests that ask for it. */
type Site = Engine | 'galera';
const engines: readonly Engine[] = ['sqlite', 'mariadb'];

/** Those asked for, unless LABRADOR_TEST_ENGINES names some (`sqlite,mariadb,galera`). */
function chosen(sites: readonly Site[]): Site[] {
  const named = process.env.LABRADOR_TEST_ENGINES?.split(',');
  return sites.filter((site) => named === undefined || named.includes(site));
}

/**
 * Defines the same tests once for each engine: `eachEngine((engine, { open }) => { it(..., async () => { const db = await open(); }) })`.
 * MariaDB starts with the first test that needs it and ends with the process.
 */
export function eachEngine(
  define: (engine: Engine, database: TestDatabase) => void,
  sites: readonly Site[] = engines,
): void {
  for (const site of chosen(sites)) {
    describe(`on ${site}`, () => {
      const database = databasePerTest(site);
      define(site === 'sqlite' ? site : 'mariadb', database);
      // Behind the test's own hooks: what works on the database stops before it is closed.
      afterEach(database.renew);
    });
  }
}

/** Each engine, and two nodes of Galera. */
export const enginesAndGalera: readonly Site[] = [...engines, 'galera'];

function databasePerTest(site: Site): TestDatabase {
  let made: Promise<Made> | undefined;
  let opened: Database[] = [];
  before(async function () {
    this.timeout(180_000);
    await (site === 'sqlite' ? sqliteTemplate() : servers[site]());
  });
  const urls = async () => {
    made ??= site === 'sqlite' ? makeSqlite() : makeMariaDb(site);
    return (await made).urls;
  };
  return {
    url: async () => (await urls())[0],
    async open() {
      const [first, ...others] = await urls();
      const db = connectDatabase([first, ...others][opened.length % (others.length + 1)] ?? first);
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

type Addresses = readonly [string, ...string[]];

interface Made {
  /** The same database on each server. */
  readonly urls: Addresses;
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
    urls: [`sqlite:${file}`],
    remove: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
  };
}

let databases = 0;
const servers = { mariadb: async () => [await startMariaDb()], galera: startGalera };
const spare: Record<keyof typeof servers, Addresses[]> = { mariadb: [], galera: [] };

/** Making 25 tables takes a while, so that a database is emptied after a test and given to the next. */
async function makeMariaDb(site: keyof typeof servers): Promise<Made> {
  const urls = spare[site].pop() ?? (await createMariaDb(await servers[site]()));
  return {
    urls,
    async remove() {
      await emptyMariaDb(urls[0]);
      spare[site].push(urls);
    },
  };
}

async function createMariaDb([first, ...others]: readonly MariaDbServer[]): Promise<Addresses> {
  if (!first) throw new Error('no server runs');
  const name = `test_${++databases}`;
  const administration = connectDatabase(first.url(''));
  await administration.knex.raw(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await administration.close();
  const db = connectDatabase(first.url(name));
  await migrate(db);
  await db.close();
  return [first.url(name), ...others.map((server) => server.url(name))];
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
