import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../../db/connect.ts';
import { playFast } from '../../src/cli/semester/play-fast.ts';
import type { SemesterScript } from '../../src/cli/semester/script-parts.ts';
import { waysIn } from '../../src/cli/semester/ways-in.ts';
import { hour, second } from '../../src/domain/time.ts';
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
    // nobody's: a crash of this computer may take it
    await db.lend('writes', async (connection) =>
      (connection as { pragma(text: string): void }).pragma('synchronous = OFF'),
    );
    const times = { ...loadConfig({}).times, inuseCheckSeconds: hour / second };
    const seated = new Set<number>();
    const plain = waysIn(daemonDeps(db, folder, { times }), seated);
    const { installation, placeId } = await enrol(plain, data, { placeName: 'here', totalMemoryMb: null });
    const deps = { ...plain, installation, placeId };
    const world = { deps, services: createServices(deps), installation, placeId, seated };
    const played = await playFast(world, deps, script, progress);
    await checkBooks(db);
    return played;
  } finally {
    await db.close();
    back();
    await rm(folder, { recursive: true, force: true });
  }
}
