import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../../db/connect.ts';
import { findInstallation } from '../../db/repositories/installation.ts';
import { predictive } from '../../modules/predictive/registry.ts';
import { provisioning } from '../../modules/provisioning/registry.ts';
import { createCipher } from '../lib/cipher.ts';
import { type Config, isLoopback, loadConfig } from '../lib/config.ts';
import { type DataDirectory, openDataDirectory } from '../lib/data-directory.ts';
import { createLog, type Log } from '../lib/log.ts';
import type { ServiceDeps } from '../services/deps.ts';
import { forgetFirstPassword } from '../services/setup/first-people.ts';
import { CommandError } from './failure.ts';
import { complain } from './say.ts';
import { version } from './version.ts';

/** What every local command works on. */
export interface Installation {
  readonly config: Config;
  readonly data: DataDirectory;
  readonly log: Log;
  readonly db: Database;
  readonly deps: ServiceDeps;
}

/** Reads the settings and opens data directory, log and database. Nothing is written to the database yet. */
export function openInstallation(config: Config): Installation {
  const data = openDataDirectory(config.data);
  const log = createLog({ file: data.logFile, level: config.logLevel, say: complain });
  const db = connectDatabase(config.databaseUrl);
  const deps: ServiceDeps = {
    db,
    cipher: createCipher(data.masterKey),
    descriptors: provisioning,
    predictive,
    times: config.times,
    log,
    version,
    beyondLoopback: !isLoopback(config.host),
    forgetFirstPassword: (name) => forgetFirstPassword(data, name),
  };
  return { config, data, log, db, deps };
}

/** Reads the settings; what is set and means nothing is said, and goes on. Throws ConfigError. */
export function readConfig(): Config {
  const config = loadConfig(process.env);
  for (const warning of config.warnings) complain(`warning: ${warning}`);
  return config;
}

/** Brings the database to this program's schema. */
export function prepareDatabase(db: Database): Promise<void> {
  return migrate(db, {
    waiting: () => complain('Another program is preparing the database, or was killed doing so: waiting ...'),
  });
}

/** Runs a command on an installation that is there already, and closes it. Throws CommandError when there is none. */
export async function withInstallation<T>(work: (installation: Installation) => Promise<T>): Promise<T> {
  const config = readConfig();
  if (!existsSync(join(config.data, 'master.key'))) throw nothingThere(config.data);
  const installation = openInstallation(config);
  try {
    const { db } = installation;
    if (!(await db.knex.schema.hasTable('installation')) || (await findInstallation(db)) === null) {
      throw nothingThere(config.data);
    }
    return await work(installation);
  } finally {
    await installation.db.close();
  }
}

function nothingThere(path: string): CommandError {
  return new CommandError(
    `There is no Labrador in ${path} yet: "npm start" makes one (LABRADOR_DATA names the folder).`,
  );
}
