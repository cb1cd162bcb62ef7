/** The site of `bench book` in a process of its own: no daemon, simulated machines that are loaded already, students with tokens. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectDatabase, migrate } from '../db/connect.ts';
import { createServices } from '../src/services/create-services.ts';
import { createApp } from '../src/web/app.ts';
import { startServer } from '../src/web/server.ts';
import { makeLab } from '../test/helpers/lab.ts';
import { addNodes, addStudents } from './fill.ts';

export interface BookServerReady {
  readonly port: number;
  readonly tokens: string[];
}

export interface BookServerCounts {
  readonly statements: number;
  readonly commits: number;
  /** Milliseconds of processor time so far. */
  readonly cpu: number;
}

const count = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));

const db = connectDatabase(process.env.LABRADOR_DATABASE_URL ?? `sqlite:${join(folder, 'bench.db')}`);
await migrate(db);
const lab = await makeLab(db, { nodes: 0 });
await addNodes(db, { count: count + 50, days: 10, loaded: true });
const tokens = await addStudents(db, count);
const app = createApp({
  services: createServices(lab.deps),
  config: { publicUrl: null, secureCookies: false, siteName: 'Labrador', sendsMail: false },
  log: pino({ level: 'silent' }),
});
const { port } = await startServer({ app, host: '127.0.0.1', port: 0 });
process.on('message', () =>
  process.send?.({ ...db.counts, cpu: cpuMilliseconds() } satisfies BookServerCounts),
);
process.send?.({ port, tokens } satisfies BookServerReady);

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
