/** The site and daemon of `bench pages` in one process, as `labrador start` has them, over a large installation. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../db/connect.ts';
import { insertRows } from '../db/repositories/insert-rows.ts';
import { inTransaction } from '../db/transaction.ts';
import { sha256 } from '../src/lib/secrets.ts';
import { untilSettled } from '../test/helpers/crash-lab.ts';
import type { Lab } from '../test/helpers/lab.ts';
import { cpuMilliseconds, openLab, serveSite } from './bench-site.ts';
import { addNodes, addStudents, numbers } from './fill.ts';

const students = 200;
const nodes = 10_000;
const images = 1_000;
const events = 1_000_000;
const tasks = 100_000;
const together = 20_000;
const sessionLasts = 24 * 60 * 60_000;
const administrator = students + 1;

export interface PagesServerReady {
  readonly port: number;
  /** Session secrets. */
  readonly students: readonly string[];
  readonly administrator: string;
}

export interface PagesServerCounts {
  readonly statements: number;
  /** Milliseconds of processor time so far. */
  readonly cpu: number;
}

const lab = await openLab();
const { db } = lab;
await addNodes(db, { count: nodes, days: 3, loaded: true });
await addStudents(db, students);
const secrets = await addSessions(db);
await addImages(db);
await addHistory(db);
await takeMachines(lab);
const port = await serveSite(lab);
process.on('message', () => {
  const counts = { statements: db.counts.statements, cpu: cpuMilliseconds() };
  process.send?.(counts satisfies PagesServerCounts);
});
process.send?.({
  port,
  students: secrets.slice(0, students),
  administrator: secrets[administrator - 1] ?? '',
} satisfies PagesServerReady);

/** The students' and an administrator's. */
async function addSessions(db: Database): Promise<string[]> {
  const secrets = numbers(administrator).map(() => randomBytes(24).toString('base64url'));
  await inTransaction(db, async (tx) => {
    const at = { created_at: tx.now };
    await insertRows(tx, 'users', [
      { id: administrator, name: 'admin', display_name: 'Administrator', ...at },
    ]);
    await insertRows(tx, 'user_groups', [{ id: 2, name: 'administrators', role: 'administrator' }]);
    await insertRows(tx, 'group_members', [{ group_id: 2, user_id: administrator }]);
    const session = (secret: string, index: number) => ({ hash: sha256(secret), user_id: index + 1 });
    await insertRows(
      tx,
      'sessions',
      secrets.map((secret, index) => ({
        ...session(secret, index),
        ...{ ...at, expires_at: tx.now + sessionLasts },
      })),
    );
  });
  return secrets;
}

/** Beside the one that the machines hold; each has one revision. */
function addImages(db: Database): Promise<void> {
  return inTransaction(db, async (tx) => {
    const ids = numbers(images).map((id) => id + 1);
    const at = { created_at: tx.now };
    await insertRows(
      tx,
      'images',
      ids.map((id) => ({
        ...{ id, name: `image${id}`, title: `Image ${id}`, description: 'One of many', notes: '' },
        ...{ icon: 'terminal', os_module: 'none', production_revision_id: id, ...at },
      })),
    );
    await insertRows(
      tx,
      'image_revisions',
      ids.map((id) => ({
        ...{ id, image_id: id, number: 1, format: 'simulated', place_id: 1, file: `image${id}-v1` },
        ...{ size_bytes: 2 ** 30, virtual_bytes: 2 ** 33, system: '{}', ready_at: tx.now, proven_at: tx.now },
        ...at,
      })),
    );
  });
}

/** What was done and told before, of reservations that are long over. */
async function addHistory(db: Database): Promise<void> {
  const kinds = ['assigned', 'loaded', 'ready', 'connected', 'complete', 'progress', 'account.signed-in'];
  for (let from = 0; from < events; from += together)
    await inTransaction(db, (tx) =>
      insertRows(
        tx,
        'events',
        numbers(together).map((n) => ({
          ...{ at: tx.now - (events - from - n) * 1000, kind: kinds[n % kinds.length] ?? '' },
          ...{ actor_id: (n % students) + 1, reservation_id: 1_000_000 + Math.floor((from + n) / 8) },
          ...{ node_id: (n % nodes) + 1, data: '{}', retention: 'audit' },
        })),
      ),
    );
  for (let from = 0; from < tasks; from += together)
    await inTransaction(db, (tx) =>
      insertRows(
        tx,
        'tasks',
        numbers(together).map((n) => ({
          ...{
            action: n % 2 ? 'new' : 'reload',
            target_type: 'node',
            target_id: (n % nodes) + 1,
            place_id: 1,
          },
          ...{ node_id: (n % nodes) + 1, args: '{}', status: n % 1000 ? 'done' : 'failed' },
          ...{ run_after: tx.now, created_at: tx.now - 60_000, ended_at: tx.now },
        })),
      ),
    );
}

/** Each student has a machine that is ready, and the daemon has looked at everything once. */
async function takeMachines(lab: Lab): Promise<void> {
  const me = await lab.person('somebody');
  await lab.startDaemon();
  for (const id of numbers(students))
    await lab.services.reserve({ ...me, id, name: `student${id}` }, { image: 'simulated', minutes: 240 });
  await lab.until(async () => {
    const [row] = (await lab.db.knex('reservations').where({ state: 'reserved' }).count('id as n')) as [
      { n: number },
    ];
    return Number(row.n) === students;
  }, 600);
  await untilSettled(lab.db, 600);
}
