import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../db/connect.ts';
import { inTransaction } from '../db/transaction.ts';
import { makeSeed } from '../src/lib/images/make-seed.ts';
import { seedFiles } from '../src/lib/images/seed.ts';
import type { SignedIn } from '../src/services/views.ts';
import { bootPlain } from '../test/helpers/boot-plain.ts';
import { logIn } from '../test/helpers/guest-ssh.ts';
import type { Lab } from '../test/helpers/lab.ts';
import { makeRealLab } from '../test/helpers/real-machines.ts';
import { testIdentity } from '../test/helpers/test-identity.ts';
import { tinyImage } from '../test/helpers/tiny-image.ts';
import { type Figure, middle } from './figure.ts';

const rounds = 5;

/**
 * From the click to a shell: on a machine that must be loaded and on one that is, beside plain QEMU booting the same disk
 * with a seed like ours. The three take turns, so that they share what else the computer does.
 */
export async function ready(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const db = connectDatabase(`sqlite:${join(folder, 'bench.db')}`);
  await migrate(db);
  const lab = await makeRealLab(db, 1);
  await lab.startDaemon();
  const me = await lab.person('ann');
  const times = {
    plain: [] as number[],
    cold: [] as number[],
    loaded: [] as number[],
    shell: [] as number[],
  };
  try {
    for (let round = 0; round < rounds; round++) {
      times.plain.push(await plain(folder));
      await forgetImage(lab);
      times.cold.push((await clickToShell(lab, me)).shell);
      const loaded = await clickToShell(lab, me);
      times.loaded.push(loaded.ready);
      times.shell.push(loaded.shell);
    }
  } finally {
    await lab.close();
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
  return figuresOf(times);
}

function figuresOf(times: Record<'plain' | 'cold' | 'loaded' | 'shell', number[]>): Figure[] {
  const reference = middle(times.plain);
  return [
    { name: 'plain QEMU: start to SSH login, median', value: reference, unit: 's' },
    { name: 'cold: click to SSH login, median', value: middle(times.cold), unit: 's' },
    {
      name: 'cold: ratio to plain QEMU',
      value: middle(times.cold) / reference,
      unit: 'x',
      against: 'at most 1.2',
    },
    { name: 'loaded: click to ready, median', value: middle(times.loaded), unit: 's', against: 'under 0.5' },
    { name: 'loaded: click to SSH login, median', value: middle(times.shell), unit: 's' },
  ];
}

async function plain(folder: string): Promise<number> {
  const identity = testIdentity();
  const seed = join(folder, 'seed');
  await makeSeed(seed, seedFiles(identity));
  const began = performance.now();
  const guest = await bootPlain({ image: await tinyImage(), seed, memory: 256 });
  const shell = await logIn({
    port: guest.port,
    username: 'root',
    privateKey: identity.managementPrivateKey,
  });
  const seconds = (performance.now() - began) / 1000;
  shell.close();
  await guest.stop();
  return seconds;
}

/** The node counts as empty: its next load is a whole one. */
async function forgetImage(lab: Lab): Promise<void> {
  await inTransaction(lab.db, async (tx) => {
    await tx.table('nodes').update({ revision_id: null, preferred_image_id: null });
  });
}

/** Seconds from the click to *ready* and to a login with the password; then the machine is ended and clean again. */
async function clickToShell(lab: Lab, me: SignedIn): Promise<{ ready: number; shell: number }> {
  const began = performance.now();
  const since = () => (performance.now() - began) / 1000;
  const { id } = await lab.services.reserve(me, { image: 'tiny', minutes: 30 });
  await lab.reaches(me, id, 'reserved');
  const ready = since();
  const { methods } = await lab.services.connect(me, id, '127.0.0.1');
  const [method] = methods;
  if (!method) throw new Error('there is no way in');
  const shell = await logIn({ port: method.port, username: method.username, password: method.password });
  const seconds = since();
  shell.close();
  await lab.services.endReservation(me, id);
  await lab.reaches(me, id, 'complete');
  await lab.until(async () => {
    const [node] = await lab.db.knex('nodes').select('state', 'revision_id');
    return node.state === 'available' && node.revision_id !== null;
  });
  return { ready, shell: seconds };
}
