import { createServices } from '../../src/services/create-services.ts';
import type { TestDatabase } from './database.ts';
import type { Lab } from './lab.ts';

export type Door = Pick<Lab, 'db' | 'services'>;

/** Ways into an installation: its own, and those of so many other processes, on Galera by its nodes in turn. SQLite has one writer. */
export async function doorsOf(lab: Lab, open: TestDatabase['open'], others: number): Promise<Door[]> {
  const doors: Door[] = [lab];
  while (lab.db.engine !== 'sqlite' && doors.length <= others) {
    const db = await open();
    doors.push({ db, services: createServices({ ...lab.deps, db }) });
  }
  return doors;
}
