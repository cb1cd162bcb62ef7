import { hostname } from 'node:os';
import type { Command } from 'commander';
import { migrate } from '../../../db/connect.ts';
import { arm } from '../../services/setup/enrol.ts';
import { type Installation, openInstallation, readConfig } from '../installation.ts';
import { say } from '../say.ts';

/** `labrador arm`, `join` and `migrate`: what binds a data directory to a database. */
export function addPlaceCommands(program: Command): void {
  program
    .command('arm')
    .description('let this data directory touch its machines again, after a copy, a move or a restore')
    .action(() => bind('Armed'));
  program
    .command('join')
    .description('enrol this data directory as a place of the installation in the database')
    .action(() => bind('Enrolled'));
  program
    .command('migrate')
    .description('bring the database to the schema of this version')
    .action(migrateNow);
}

/** These work on a data directory that is new, too. */
async function withDatabase(work: (installation: Installation) => Promise<void>): Promise<void> {
  const installation = openInstallation(readConfig());
  try {
    await migrate(installation.db);
    await work(installation);
  } finally {
    await installation.db.close();
  }
}

function migrateNow(): Promise<void> {
  return withDatabase(async () => say('The database has the schema of this version.'));
}

function bind(word: string): Promise<void> {
  return withDatabase(async ({ deps, data }) => {
    await arm(deps, data, hostname());
    say(`${word}: the machines of ${data.path} belong to this database.`);
  });
}
