import { connectDatabase, migrate } from '../../db/connect.ts';
import { createCipher } from '../../src/lib/cipher.ts';
import { openDataDirectory } from '../../src/lib/data-directory.ts';
import { enrol } from '../../src/services/setup/enrol.ts';
import { setSimulatedMachines } from '../../src/services/setup/simulated-machines.ts';
import { serviceDeps } from './service-deps.ts';

/** A data directory and its database with three simulated machines, and nothing that would be built: programs start at once. */
export async function simulatedInstallation(folder: string, databaseUrl: string): Promise<void> {
  const data = openDataDirectory(folder);
  const db = connectDatabase(databaseUrl);
  await migrate(db);
  const deps = serviceDeps(db, { cipher: createCipher(data.masterKey) });
  const { installation, placeId } = await enrol(deps, data, { placeName: 'here', totalMemoryMb: 4096 });
  for (const table of ['images', 'nodes', 'tasks', 'occupancy']) await db.knex(table).delete();
  const tiny = {
    id: 999,
    name: 'tiny',
    title: 'Tiny',
    description: '',
    notes: '',
    icon: '',
    os_module: 'linux',
  };
  await db.knex('images').insert({ ...tiny, created_at: 0, deleted_at: 1, production_revision_id: 999 });
  const file = { image_id: 999, number: 1, format: 'qcow2', file: '/none', size_bytes: 0, virtual_bytes: 0 };
  await db.knex('image_revisions').insert({ id: 999, ...file, system: '{}', created_at: 0, ready_at: 0 });
  await setSimulatedMachines(deps, installation, placeId, 3);
  await db.close();
}
