import type { Knex } from 'knex';
import * as firstHouse from './0001-first-house.ts';

interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
  readonly down: (knex: Knex) => Promise<void>;
}

/** By hand and in order; the recorded names have no file extension (knex #4028). */
const migrations: readonly Migration[] = [
  { name: '0001-first-house', up: firstHouse.up, down: firstHouse.down },
];

export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) => Promise.resolve(migration),
};
