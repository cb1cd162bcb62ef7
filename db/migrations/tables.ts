import type { Knex } from 'knex';
import { LabError } from '../../src/domain/errors.ts';

export interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
  readonly down: (knex: Knex) => Promise<void>;
}

type Columns = (table: Knex.CreateTableBuilder) => void;

/**
 * A migration that makes these tables. Times are UTC epoch milliseconds, JSON is text, booleans are 0 or 1: alike on every engine.
 *
 * MariaDB commits every statement that changes a schema, so one that was killed leaves some of them, the last perhaps without its
 * indexes. A migration is recorded only when it is through: a table that is there already is such a leftover, empty, and made anew.
 */
export function tables(made: Readonly<Record<string, Columns>>): Omit<Migration, 'name'> {
  return {
    async up(knex) {
      const leftovers: string[] = [];
      for (const name of Object.keys(made)) if (await isLeftover(knex, name)) leftovers.push(name);
      for (const name of leftovers) await knex.schema.dropTable(name);
      for (const [name, columns] of Object.entries(made)) await knex.schema.createTable(name, columns);
    },
    async down(knex) {
      for (const name of Object.keys(made).toReversed()) await knex.schema.dropTableIfExists(name);
    },
  };
}

/** Throws LabError when the table has rows: then it is none of ours. */
async function isLeftover(knex: Knex, name: string): Promise<boolean> {
  if (!(await knex.schema.hasTable(name))) return false;
  if (!(await knex(name).first())) return true;
  throw new LabError('not-allowed', {
    detail: `The database has a table "${name}" with rows in it that this program did not make. Nothing was changed; give it a database of its own.`,
  });
}

/** By table and name. */
export type NewColumns = Readonly<Record<string, Readonly<Record<string, Columns>>>>;

/** Adds columns to tables that are there, by table and name; those that a killed migration added already are left. */
export async function addColumns(knex: Knex, added: NewColumns): Promise<void> {
  for (const [table, columns] of Object.entries(added))
    for (const [name, column] of Object.entries(columns))
      if (!(await knex.schema.hasColumn(table, name))) await knex.schema.alterTable(table, column);
}

/** The way back of `addColumns`. */
export async function dropColumns(knex: Knex, added: NewColumns): Promise<void> {
  for (const [table, columns] of Object.entries(added))
    await knex.schema.alterTable(table, (t) => t.dropColumns(...Object.keys(columns)));
}

type NewIndexes = Readonly<Record<string, readonly [table: string, ...columns: string[]]>>;

/** Adds indexes by name; those that a killed migration added already are left. */
export async function addIndexes(knex: Knex, added: NewIndexes): Promise<void> {
  for (const [name, [table, ...columns]] of Object.entries(added))
    await knex.schema.raw(`CREATE INDEX IF NOT EXISTS ${name} ON ${table} (${columns.join(', ')})`);
}

/** The way back of `addIndexes`; those that a killed migration dropped already are none. */
export async function dropIndexes(knex: Knex, added: NewIndexes): Promise<void> {
  for (const [name, [table]] of Object.entries(added)) {
    const of = knex.client.dialect === 'mysql' ? ` ON ${table}` : '';
    await knex.schema.raw(`DROP INDEX IF EXISTS ${name}${of}`);
  }
}

interface Changes {
  readonly made?: Omit<Migration, 'name'>;
  readonly columns?: NewColumns;
  readonly indexes?: NewIndexes;
}

/** A migration that makes these tables, then adds these columns and then these indexes; back the other way round. */
export function changes({ made, columns = {}, indexes = {} }: Changes): Omit<Migration, 'name'> {
  return {
    async up(knex) {
      await made?.up(knex);
      await addColumns(knex, columns);
      await addIndexes(knex, indexes);
    },
    async down(knex) {
      await dropIndexes(knex, indexes);
      await dropColumns(knex, columns);
      await made?.down(knex);
    },
  };
}
