/** What a booking costs as the installation grows: none, ten thousand and a hundred thousand live reservations on 5,000 nodes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../db/connect.ts';
import { inTransaction } from '../db/transaction.ts';
import { day, hour } from '../src/domain/time.ts';
import { checkBooks, makeLab } from '../test/helpers/lab.ts';
import { type Figure, middle } from './figure.ts';
import { addNodes, fill, numbers } from './fill.ts';

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
  await addReservations(db, live);
  await db.knex.raw('ANALYZE');
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

/**
 * Booked for two hours each from tomorrow on, twenty at most on one node: rows, tasks and bits as a booking leaves them.
 * Throws when the audit finds otherwise.
 */
async function addReservations(db: Database, live: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    const tomorrow = (Math.floor(tx.now / day) + 1) * day;
    const bookings = numbers(live).map((id) => {
      const start_at = tomorrow + Math.floor((id - 1) / nodes) * day + 2 * hour;
      return { id, node_id: ((id - 1) % nodes) + 1, start_at, end_at: start_at + 2 * hour };
    });
    const at = { created_at: tx.now };
    await fill(
      tx,
      'reservations',
      bookings.map(({ id, start_at, end_at }) => ({
        ...{ id, user_id: 100_000 + id, image_id: 1, state: 'new', live: 1, start_at, end_at },
        ...{ minutes: 120, starts_now: 0, username: 'someone', ...at },
      })),
    );
    await fill(
      tx,
      'allocations',
      bookings.map(({ id, node_id, start_at, end_at }) => ({
        ...{ id, node_id, reservation_id: id, purpose: 'reservation', state: 'held', start_at, end_at },
        ...{ hold_from: start_at, hold_until: end_at, ...at },
      })),
    );
    await fill(
      tx,
      'tasks',
      bookings.map(({ id, node_id, start_at }) => ({
        ...{
          action: 'new',
          target_type: 'allocation',
          target_id: id,
          place_id: 1,
          reservation_id: id,
          node_id,
        },
        ...{ args: '{}', status: 'queued', open_key: `new:allocation:${id}`, run_after: start_at, ...at },
      })),
    );
    const bits = 0b11111111 * 2 ** 8;
    const tomorrowsDay = tomorrow / day;
    for (let ahead = 0; ahead < Math.ceil(live / nodes); ahead++)
      await tx.change('UPDATE occupancy SET am = ? WHERE day = ?', [bits, tomorrowsDay + ahead]);
  });
  await checkBooks(db);
}
