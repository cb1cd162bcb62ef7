/** A page of the timeline, 50 nodes by 7 days, on an installation of ten thousand nodes that are booked, over HTTP. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { connectDatabase, type Database, migrate } from '../db/connect.ts';
import { inTransaction } from '../db/transaction.ts';
import { day } from '../src/domain/time.ts';
import { sha256 } from '../src/lib/secrets.ts';
import { createApp } from '../src/web/app.ts';
import { startServer } from '../src/web/server.ts';
import { makeLab } from '../test/helpers/lab.ts';
import { type Figure, share } from './figure.ts';
import { addBookings, addNodes } from './fill.ts';

const nodes = 10_000;
const days = 10;
const rounds = 30;

export async function timeline(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'labrador-bench-'));
  const db = connectDatabase(process.env.LABRADOR_DATABASE_URL ?? `sqlite:${join(folder, 'bench.db')}`);
  await migrate(db);
  const lab = await makeLab(db, { nodes: 0 });
  await addNodes(db, { count: nodes, days: days + 3, loaded: true });
  await addBookings(db, nodes * days, nodes);
  const { id } = await lab.person('admin');
  const cookie = `labrador-session=${await addAdministrator(db, id)}`;
  const app = createApp({
    services: lab.services,
    config: { publicUrl: null, secureCookies: false, siteName: 'Labrador', sendsMail: false },
    log: pino({ level: 'silent' }),
  });
  const server = await startServer({ app, host: '127.0.0.1', port: 0 });
  const base = `http://127.0.0.1:${server.port}`;
  try {
    const figures: Figure[] = [];
    for (const [name, path, goal] of [
      ['50 nodes by 7 days', '/timeline', 'under 100 ms'],
      ['the last page', '/timeline?page=200'],
      ['a month', '/timeline?span=month'],
      ['only free', '/timeline?only=free'],
      ['one person', '/timeline?person=nobody'],
      ['allocations, 1,000 as JSON', `/api/v1/allocations?limit=1000&from=${iso(1)}&to=${iso(8)}`],
      ['Help (the same journey, nothing looked up)', '/help'],
    ] as const)
      figures.push(...(await measure(db, name, `${base}${path}`, cookie, goal)));
    return figures;
  } finally {
    await server.stop();
    await db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const iso = (after: number) => encodeURIComponent(new Date(Date.now() + after * day).toISOString());

/** Makes an administrator of somebody; the secret of a session of theirs. */
async function addAdministrator(db: Database, userId: number): Promise<string> {
  const secret = randomBytes(24).toString('base64url');
  await inTransaction(db, async (tx) => {
    const [group_id, created_at] = [2, tx.now];
    await tx.table('user_groups').insert({ id: group_id, name: 'administrators', role: 'administrator' });
    await tx.table('group_members').insert({ group_id, user_id: userId });
    const session = { hash: sha256(secret), user_id: userId, created_at, expires_at: tx.now + day };
    await tx.table('sessions').insert(session);
  });
  return secret;
}

async function measure(
  db: Database,
  name: string,
  url: string,
  cookie: string,
  goal?: string,
): Promise<Figure[]> {
  const times: number[] = [];
  let bytes = 0;
  const before = db.counts.statements;
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    const answer = await fetch(url, { headers: { cookie } });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
    bytes = (await answer.text()).length;
    times.push(performance.now() - began);
  }
  const against = goal === undefined ? {} : { against: goal };
  return [
    { name: `${name}: median`, value: share(times, 0.5), unit: 'ms', ...against },
    { name: `${name}: p95`, value: share(times, 0.95), unit: 'ms' },
    { name: `${name}: statements`, value: (db.counts.statements - before) / rounds, unit: '' },
    { name: `${name}: size`, value: bytes / 1024, unit: 'KB' },
  ];
}
