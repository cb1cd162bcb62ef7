/** A class of a thousand at once on simulated machines that are booked for a hundred days: what the daemon needs to get them ready. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { connectDatabase, type Database, migrate } from '../db/connect.ts';
import { sleep } from '../src/lib/sleep.ts';
import { forkProgram } from '../test/helpers/fork-program.ts';
import { checkBooks, type Lab, makeLab } from '../test/helpers/lab.ts';
import type { DaemonCost } from './daemon-process.ts';
import type { Figure } from './figure.ts';
import { addBookings, addNodes, numbers } from './fill.ts';

const loads = 1_000;
const loadSeconds = 3;
const booked = 100_000;

export async function daemon(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'labrador-bench-'));
  const url = process.env.LABRADOR_DATABASE_URL ?? `sqlite:${join(folder, 'bench.db')}`;
  const db = connectDatabase(url);
  await migrate(db);
  const lab = await makeLab(db, { nodes: 0, simulator: { loadSeconds, spread: 0.3 } });
  await addNodes(db, { count: loads, days: booked / loads + 2, loaded: false });
  await addBookings(db, booked, loads);
  for (const n of numbers(loads))
    await lab.services.reserve(await lab.person(`person${n}`), { image: 'simulated', minutes: 60 });
  try {
    return await measure(lab, url);
  } finally {
    await checkBooks(db);
    await lab.close();
    await db.close();
    await rm(folder, { recursive: true });
  }
}

async function measure({ db, directory }: Lab, url: string): Promise<Figure[]> {
  const idle = monitorEventLoopDelay({ resolution: 1 });
  const execArgv = process.execArgv.filter((flag) => flag.startsWith('--cpu-prof'));
  const began = performance.now();
  const child = forkProgram(new URL('./daemon-process.ts', import.meta.url), [url, directory], { execArgv });
  idle.enable();
  await until(db, 'SELECT COUNT(*) AS n FROM reservations WHERE state = ?', 'reserved');
  const seconds = (performance.now() - began) / 1000;
  const cost = await costOf(child);
  const beside = idle.percentile(99) / 1e6;
  child.kill();
  await once(child, 'exit');
  return figuresOf(seconds, cost, beside);
}

function figuresOf(seconds: number, cost: DaemonCost, beside: number): Figure[] {
  const each = (value: number) => value / loads;
  return [
    { name: `${loads} loads of ${loadSeconds} s: all ready after`, value: seconds, unit: 's' },
    { name: 'most memory of the daemon (RSS)', value: cost.memory, unit: 'MB', against: 'under 200' },
    { name: 'event-loop delay, p99', value: cost.delay, unit: 'ms', against: 'under 50' },
    { name: 'event-loop delay, longest', value: cost.longest, unit: 'ms' },
    { name: 'event-loop delay of an idle process beside, p99', value: beside, unit: 'ms' },
    { name: 'processor time per load', value: each(cost.cpu * 1000), unit: 'ms' },
    { name: 'statements per load', value: each(cost.statements), unit: '' },
    { name: 'commits per load', value: each(cost.commits), unit: '' },
  ];
}

async function until(db: Database, sql: string, state: string): Promise<void> {
  for (;;) {
    const [row] = (await db.knex.raw(sql, [state])) as [{ n: number }];
    if (Number(row.n) === loads) return;
    await sleep(100, AbortSignal.timeout(1_000));
  }
}

async function costOf(child: ChildProcess): Promise<DaemonCost> {
  child.send('cost');
  return ((await once(child, 'message')) as [DaemonCost])[0];
}
