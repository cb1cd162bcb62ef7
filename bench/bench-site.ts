/** What the sites that are measured have in common: each runs in a process of its own, and ends when it is told to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectDatabase, migrate } from '../db/connect.ts';
import { createServices } from '../src/services/create-services.ts';
import { createApp } from '../src/web/app.ts';
import { startServer } from '../src/web/server.ts';
import { type Lab, makeLab } from '../test/helpers/lab.ts';

/** An installation without nodes, in the database of the environment or one that is gone with the process. */
export async function openLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.on('SIGTERM', () => process.exit(0));
  const db = connectDatabase(process.env.LABRADOR_DATABASE_URL ?? `sqlite:${join(folder, 'bench.db')}`);
  await migrate(db);
  return makeLab(db, { nodes: 0 });
}

/** Serves its site on a free port of this computer, and returns that. */
export async function serveSite(lab: Lab): Promise<number> {
  const app = createApp({
    services: createServices(lab.deps),
    config: { publicUrl: null, secureCookies: false, siteName: 'Labrador', sendsMail: false },
    log: pino({ level: 'silent' }),
  });
  const { port } = await startServer({ app, host: '127.0.0.1', port: 0 });
  return port;
}

/** Milliseconds of processor time that this process has used so far. */
export function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
