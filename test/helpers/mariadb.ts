import { installMariaDb, type MariaDbServer, runMariaDb } from './mariadb-server.ts';

let running: Promise<MariaDbServer> | undefined;

/** Starts the one of this process at the first call (about five seconds); later calls get the same one. */
export function startMariaDb(): Promise<MariaDbServer> {
  running ??= installMariaDb().then((folder) => runMariaDb(folder, 'data'));
  return running;
}
