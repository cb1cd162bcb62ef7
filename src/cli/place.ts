import { hostname } from 'node:os';
import { arm } from '../services/setup/enrol.ts';
import { type Installation, openInstallation, prepareDatabase, readConfig } from './installation.ts';
import { say } from './say.ts';

/** These work on a data directory that is new, too. */
async function withDatabase(work: (installation: Installation) => Promise<void>): Promise<void> {
  const installation = openInstallation(readConfig());
  try {
    await prepareDatabase(installation.db);
    await work(installation);
  } finally {
    await installation.db.close();
  }
}

/** Brings the database to this version's schema. */
export function migrateNow(): Promise<void> {
  return withDatabase(async () => say('The database has the schema of this version.'));
}

/** Binds the data directory to the database. */
export function bind(word: string): Promise<void> {
  return withDatabase(async ({ deps, data }) => {
    await arm(deps, data, hostname());
    say(`${word}: the machines of ${data.path} belong to this database.`);
  });
}
