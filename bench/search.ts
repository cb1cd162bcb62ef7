import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectDatabase, migrate } from '../db/connect.ts';
import { reading } from '../db/transaction.ts';
import { hour, quarter } from '../src/domain/time.ts';
import type { SignedIn } from '../src/services/views.ts';
import { makeLab } from '../test/helpers/lab.ts';
import { type Figure, share } from './figure.ts';
import { addBookings, addNodes } from './fill.ts';

const nodes = 10_000;
const bookings = 1_000_000;
const rounds = 100;

/** Verdicts and the search for a time on a calendar of ten thousand nodes with a million reservations, each node two hours a day. */
export async function search(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
  const db = connectDatabase(process.env.LABRADOR_DATABASE_URL ?? `sqlite:${join(folder, 'bench.db')}`);
  try {
    await migrate(db);
    const lab = await makeLab(db, { nodes: 0 });
    await addNodes(db, { count: nodes, days: bookings / nodes + 12, loaded: true });
    const me = await lab.person('someone', { limits: { daysAhead: 7 } });
    await addBookings(db, bookings, nodes);
    const now = await reading(db, (reader) => Promise.resolve(reader.now));
    const tomorrow = (Math.floor(now / (24 * hour)) + 1) * 24 * hour;
    const ask = (start: number | undefined) =>
      lab.services.verdict(me, { image: 'simulated', minutes: 60, start });
    const starts = Array.from({ length: 168 }, (_, hours) => tomorrow + hours * hour);
    return [
      ...(await figures('verdict, later', (at) => ask(tomorrow + 5 * hour + at * quarter))),
      ...(await figures('verdict, refused, with the next times', () => ask(tomorrow + 2 * hour))),
      ...(await figures('verdict, now', () => ask(undefined))),
      ...(await figures('find a time: a week, hour by hour', () => findWeek(lab.services, me, starts))),
    ];
  } finally {
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function findWeek(
  services: {
    findTimes: (me: SignedIn, wish: { image: string; minutes: number; starts: number[] }) => unknown;
  },
  me: SignedIn,
  starts: number[],
) {
  return services.findTimes(me, { image: 'simulated', minutes: 60, starts });
}

async function figures(name: string, work: (at: number) => unknown): Promise<Figure[]> {
  const times: number[] = [];
  for (let at = 0; at < rounds; at++) {
    const began = performance.now();
    await work(at % 70);
    times.push(performance.now() - began);
  }
  return [
    { name: `${name}: median`, value: share(times, 0.5), unit: 'ms' },
    { name: `${name}: p95`, value: share(times, 0.95), unit: 'ms' },
  ];
}
