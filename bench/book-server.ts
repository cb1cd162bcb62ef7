/** The site of `bench book` in a process of its own: no daemon, simulated machines that are loaded already, students with tokens. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectDatabase, migrate } from '../db/connect.ts';
import { materialise } from '../db/repositories/occupancy.ts';
import { inTransaction } from '../db/transaction.ts';
import { day } from '../src/domain/time.ts';
import { sha256 } from '../src/lib/secrets.ts';
import { createServices } from '../src/services/create-services.ts';
import { createApp } from '../src/web/app.ts';
import { startServer } from '../src/web/server.ts';
import { makeLab } from '../test/helpers/lab.ts';

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
await addMachines(count + 50);
const tokens = await addStudents(count);
const app = createApp({
  services: createServices(lab.deps),
  config: { publicUrl: null, secureCookies: false, siteName: 'Labrador' },
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

async function addMachines(machines: number): Promise<void> {
  await inTransaction(db, async (tx) => {
    for (let n = 1; n <= machines; n++) {
      await tx.table('nodes').insert({
        name: `bench${n}`,
        pool_id: 1,
        place_id: 1,
        state: 'available',
        cpus: 1,
        memory_mb: 256,
        disk_mb: 1024,
        mac: `02:00:00:01:${hex(n >> 8)}:${hex(n & 255)}`,
        revision_id: 1,
        host_keys: '[]',
        state_at: tx.now,
        created_at: tx.now,
      });
    }
    const rows = await tx.rows<{ id: number }>('SELECT id FROM nodes');
    const today = Math.floor(tx.now / day);
    await materialise(
      tx,
      rows.map((row) => row.id),
      today,
      today + 10,
    );
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** Students of VCL's limits, one token each. */
async function addStudents(students: number): Promise<string[]> {
  const made: string[] = [];
  await inTransaction(db, async (tx) => {
    const limits = {
      initial_minutes: 240,
      total_minutes: 360,
      extend_minutes: 60,
      overlap: 1,
      days_ahead: 7,
      upcoming: 5,
    };
    await tx.table('user_groups').insert({ id: 1, name: 'students', role: 'user', ...limits });
    for (let n = 1; n <= students; n++) {
      const token = `lab_${randomBytes(24).toString('base64url')}`;
      const [id] = await tx
        .table('users')
        .insert({ name: `student${n}`, display_name: `Student ${n}`, created_at: tx.now });
      await tx.table('group_members').insert({ group_id: 1, user_id: Number(id) });
      await tx.table('counters').insert({ name: `user:${Number(id)}`, changes: 0 });
      await tx
        .table('api_tokens')
        .insert({ hash: sha256(token), user_id: Number(id), label: 'bench', created_at: tx.now });
      made.push(token);
    }
  });
  return made;
}
