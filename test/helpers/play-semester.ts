import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../../db/connect.ts';
import { playFast } from '../../src/cli/semester/play-fast.ts';
import type { SemesterScript } from '../../src/cli/semester/script-parts.ts';
import { setClock } from '../../src/lib/clock.ts';
import { loadConfig } from '../../src/lib/config.ts';
import { openDataDirectory } from '../../src/lib/data-directory.ts';
import { createServices } from '../../src/services/create-services.ts';
import { enrol } from '../../src/services/setup/enrol.ts';
import { checkBooks, daemonDeps } from './lab.ts';

/** A semester in a new installation of its own, played as fast as it can be. */
export async function playSemester(
  script: SemesterScript,
  progress: (now: number) => void = () => undefined,
) {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-semester-'));
  const data = openDataDirectory(folder);
  const back = setClock(script.begins, 0);
  const db = connectDatabase(`sqlite:${join(folder, 'semester.db')}`);
  try {
    await migrate(db);
    const { times } = loadConfig({});
    const plain = daemonDeps(db, folder, { times });
    const { installation, placeId } = await enrol(plain, data, { placeName: 'here', totalMemoryMb: null });
    const deps = { ...plain, installation, placeId };
    const world = { deps, services: createServices(deps), installation, placeId };
    const played = await playFast(world, deps, script, progress);
    await checkBooks(db);
    return played;
  } finally {
    await db.close();
    back();
    await rm(folder, { recursive: true, force: true });
  }
}
