/** What a booking costs as the installation grows: none, ten thousand and a hundred thousand live reservations on 5,000 nodes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, type Database, migrate } from '../db/connect.ts';
import { fillTable } from '../db/repositories/dump.ts';
import { materialise } from '../db/repositories/occupancy.ts';
import { inTransaction } from '../db/transaction.ts';
import { day, hour } from '../src/domain/time.ts';
import { makeLab } from '../test/helpers/lab.ts';
import type { Figure } from './figure.ts';

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

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function makeInstallation(folder: string, live: number) {
  const db = connectDatabase(`sqlite:${join(folder, `${live}.db`)}`);
  await migrate(db);
  const lab = await makeLab(db, { nodes: 0 });
  await addNodes(db);
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
      await lab.close();
      await db.close();
    },
  };
}

async function addNodes(db: Database): Promise<void> {
  await inTransaction(db, async (tx) => {
    const columns = [
      'id',
      'name',
      'pool_id',
      'place_id',
      'state',
      'cpus',
      'memory_mb',
      'disk_mb',
      'mac',
      'revision_id',
      'host_keys',
      'state_at',
      'created_at',
    ];
    const rows = Array.from({ length: nodes }, (_, n) => {
      const mac = `02:00:00:02:${hex(n >> 8)}:${hex(n & 255)}`;
      return [n + 1, `grown${n}`, 1, 1, 'available', 1, 256, 1024, mac, 1, '[]', tx.now, tx.now];
    });
    await fillTable(tx, { table: 'nodes', columns, rows });
    const today = Math.floor(tx.now / day);
    await materialise(
      tx,
      rows.map(([id]) => Number(id)),
      today,
      today + 30,
    );
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Booked for two hours each from tomorrow on, twenty at most on one node: rows and bits as a booking leaves them. */
async function addReservations(db: Database, live: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    const tomorrow = (Math.floor(tx.now / day) + 1) * day;
    const reservations: (string | number)[][] = [];
    const allocations: (string | number)[][] = [];
    for (let n = 0; n < live; n++) {
      const start = tomorrow + Math.floor(n / nodes) * day + 2 * hour;
      const end = start + 2 * hour;
      const id = n + 1;
      reservations.push([id, 100_000 + n, 1, 'new', 1, start, end, 120, 0, 'someone', tx.now]);
      allocations.push([id, (n % nodes) + 1, id, 'reservation', 'held', start, end, start, end, tx.now]);
    }
    const booked = [
      'id',
      'user_id',
      'image_id',
      'state',
      'live',
      'start_at',
      'end_at',
      'minutes',
      'starts_now',
      'username',
      'created_at',
    ];
    const held = [
      'id',
      'node_id',
      'reservation_id',
      'purpose',
      'state',
      'start_at',
      'end_at',
      'hold_from',
      'hold_until',
      'created_at',
    ];
    await fillTable(tx, { table: 'reservations', columns: booked, rows: reservations });
    await fillTable(tx, { table: 'allocations', columns: held, rows: allocations });
    const today = Math.floor(tx.now / day);
    const bits = 0b11111111 * 2 ** 8;
    for (let ahead = 0; ahead < Math.ceil(live / nodes); ahead++)
      await tx.change('UPDATE occupancy SET am = ? WHERE day = ?', [bits, today + 1 + ahead]);
  });
}
