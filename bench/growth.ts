/** What a booking costs as the installation grows: none, ten thousand and a hundred thousand live reservations on 5,000 nodes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../db/connect.ts';
import { checkBooks, makeLab } from '../test/helpers/lab.ts';
import { type Figure, middle } from './figure.ts';
import { addBookings, addNodes } from './fill.ts';

const nodes = 5_000;
const sizes = [0, 10_000, 100_000] as const;
const rounds = 5;
const perRound = 60;

/** The sizes take turns, so that they share what else the computer does; the median of each is compared with the empty one's. */
export async function growth(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
  const all = await Promise.all(sizes.map((live) => makeInstallation(folder, live)));
  const times = all.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++)
    for (const [index, book] of all.entries())
      for (let n = 0; n < perRound; n++) times[index]?.push(await book.once());
  for (const one of all) await one.close();
  rmSync(folder, { recursive: true, force: true });
  const medians = times.map((some) => middle(some));
  return sizes.flatMap((live, index) => {
    const value = medians[index] ?? Number.NaN;
    const ratio = { name: `${live} live: ratio to none`, value: value / (medians[0] ?? 1), unit: 'x' };
    const median = { name: `${live} live: a booking, median`, value, unit: 'ms' };
    return live === 0 ? [median] : [median, { ...ratio, against: 'at most 1.3' }];
  });
}

async function makeInstallation(folder: string, live: number) {
  const db = connectDatabase(`sqlite:${join(folder, `${live}.db`)}`);
  await migrate(db);
  const lab = await makeLab(db, { nodes: 0 });
  await addNodes(db, { count: nodes, days: 30, loaded: true });
  await addBookings(db, live, nodes);
  const people = await Promise.all(
    Array.from({ length: rounds * perRound }, (_, n) => lab.person(`person${n}`)),
  );
  return {
    /** Milliseconds of one booking. */
    async once() {
      const me = people.pop();
      if (!me) throw new Error('nobody is left to book');
      const began = performance.now();
      await lab.services.reserve(me, { image: 'simulated', minutes: 60 });
      return performance.now() - began;
    },
    async close() {
      await checkBooks(db);
      await lab.close();
      await db.close();
    },
  };
}
