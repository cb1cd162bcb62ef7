import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '../../db/connect.ts';
import { marks } from '../../db/marks.ts';
import { inTransaction, type Reader, reading } from '../../db/transaction.ts';
import { os } from '../../modules/os/registry.ts';
import { provisioning } from '../../modules/provisioning/registry.ts';
import { createDaemon } from '../../src/daemon/create-daemon.ts';
import type { DaemonDeps } from '../../src/daemon/deps.ts';
import { parseArtefactName } from '../../src/domain/contracts/provisioning.ts';
import { onChange } from '../../src/services/reservations/watch.ts';
import { checkBooks, daemonDeps, type Lab, type LabOptions, makeLab } from './lab.ts';
import { withSteps } from './module-steps.ts';
import { recordingOs } from './recording-os.ts';
import { list, testMachines } from './test-machines.ts';
import { testMetal } from './test-metal.ts';

/** What a daemon of test machines, and of real ones, is made from; `onStep` hears every step, those in the middle of a boot too. */
export function testParts(onStep?: (step: string) => void): Partial<DaemonDeps> {
  const modules = {
    ...provisioning,
    qemu: withSteps(provisioning.qemu, onStep),
    test: withSteps(testMachines, onStep),
    metal: withSteps(testMetal, onStep),
  };
  return {
    provisioning: modules,
    descriptors: modules,
    os: { ...os, recording: recordingOs },
    ...(onStep ? { afterStep: onStep } : {}),
  };
}

/** An installation whose machines can be connected to (test-machines.ts), with real accounts, ways in and disks in files. */
export async function makeCrashLab(db: Database, options: LabOptions = {}): Promise<Lab> {
  const lab = await makeLab(db, { ...options, over: { ...testParts(), ...options.over } });
  await inTransaction(db, async (tx) => {
    await tx.table('pools').where({ id: 1 }).update({ module: 'test' });
    await tx.table('images').where({ id: 1 }).update({ os_module: 'recording' });
  });
  return lab;
}

export const poolFolder = (directory: string) => join(directory, 'pools', '1');

/** Work further away than this is a timer. */
const soon = 2_500;

/** True when nothing runs and nothing is due: only timers are left. */
export function isSettled(db: Database): Promise<boolean> {
  return reading(db, async (reader) => {
    const open = await reader.rows(
      // The next look at who was seen is always soon where machines are discovered, and so is that of a booking whose machine is out of
      // order, until another is free: they are timers too.
      `SELECT id FROM tasks WHERE status = 'running' OR (status = 'queued' AND run_after <= CASE WHEN action = 'discover'
         OR (action = 'new' AND target_id IN (SELECT a.id FROM allocations a JOIN nodes n ON n.id = a.node_id WHERE n.state IN ('failed', 'maintenance')))
         THEN ? ELSE ? END) LIMIT 1`,
      [reader.now, reader.now + soon],
    );
    return open.length === 0;
  });
}

export async function untilSettled(db: Database, seconds = 120): Promise<void> {
  const settled = await onChange(db, seconds * 1000, async () => (await isSettled(db)) || null);
  if (settled) return;
  const open = await reading(db, (reader) =>
    reader.rows(
      "SELECT action, target_id, status, attempt, result FROM tasks WHERE status IN ('queued', 'running')",
    ),
  );
  throw new Error(`did not settle within ${seconds} s: ${JSON.stringify(open)}`);
}

/** Runs a daemon until nothing but timers is left. Every daemon made so is the successor of the one before. */
export async function runUntilSettled(
  db: Database,
  directory: string,
  options: LabOptions = {},
  onStep?: (step: string) => void,
): Promise<void> {
  const holder = `crash:${randomBytes(6).toString('hex')}`;
  const over = { ...testParts(onStep), holder, ...options.over };
  const daemon = createDaemon(daemonDeps(db, directory, { ...options, over }));
  await daemon.start();
  try {
    await untilSettled(db);
  } finally {
    await daemon.stop();
  }
}

const digits = /\d{6,}/g;

/** Everything that must be the same at the end of a disturbed and of an undisturbed run: rows without their times, and files. */
export async function endOf(db: Database, directory: string) {
  return { ...(await rowsOf(db)), files: filesOf(directory) };
}
export type End = Awaited<ReturnType<typeof endOf>>;

/** `endOf` of an installation whose daemons go on, read between two visits of their tasks. */
export async function endBetweenVisits(db: Database, directory: string): Promise<End> {
  const end = await onChange(db, 30_000, async () => {
    const rows = await rowsOf(db);
    return rows.tasks.some((task) => task.endsWith(' running')) ? null : rows;
  });
  if (!end) throw new Error('some task was running at every look');
  return { ...end, files: filesOf(directory) };
}

/** The rows of `endOf`. */
export const rowsOf = (db: Database) => reading(db, readRows);

const toldOnce = [
  ...['power-differs', 'bmc-silent', 'bmc-answers', 'discovered', 'node-commissioned'],
  ...['inventory-changed', 'out-of-service', 'powered-on', 'down'],
];

async function readRows(reader: Reader) {
  const set = (column: string) => `${column} IS NOT NULL AS ${column}`;
  const times = [
    'ready_at',
    'acknowledged_at',
    'connected_at',
    'access_opened_at',
    'unconnected_since',
    'ended_at',
  ];
  return {
    reservations: await reader.rows<Record<string, unknown>>(
      `SELECT id, state, live, reason, ended_by, capture_revision_id, capture_failure, minutes, keep_until_end, ${[...times, 'password'].map(set).join(', ')} FROM reservations ORDER BY id`,
    ),
    // without their ids: what is tried again has others
    allocations: await reader.rows<Record<string, unknown>>(
      `SELECT reservation_id, state, ${set('released_at')}, ${set('user_port')} FROM allocations ORDER BY id`,
    ),
    nodes: await reader.rows<Record<string, unknown>>(
      `SELECT id, state, load_no, revision_id, tainted, power, ${set('management_port')}, fault, failure FROM nodes ORDER BY id`,
    ),
    notices: (
      await reader.rows<{ id: number; k: string; image: number | null }>(
        'SELECT reservation_id AS id, notice_key AS k, image_id AS image FROM notices',
      )
    )
      .map((row) => `${row.id} ${row.k.replaceAll(digits, 'T')} ${row.image}`)
      .sort(),
    waiters: await reader.rows(
      `SELECT id, live, missed, reservation_id, outcome, ${['not_before', 'offered_until'].map(set).join(', ')} FROM waiters ORDER BY id`,
    ),
    tasks: (
      await reader.rows<{ t: string }>(
        "SELECT CONCAT(action, ' ', target_type, ' ', target_id, ' ', status) AS t FROM tasks WHERE status <> 'done'",
      )
    )
      .map((row) => row.t)
      .sort(),
    // Of what is told once it is told once, however often somebody was killed at it.
    told: await reader.rows<{ kind: string; n: number }>(
      `SELECT kind, node_id, COUNT(*) AS n FROM events WHERE kind IN (${marks(toldOnce)})
         GROUP BY kind, node_id ORDER BY kind, node_id`,
      toldOnce,
    ),
    commissions: await reader.rows('SELECT node_id, outcome, says, back FROM node_commissions ORDER BY id'),
    discovered: await reader.rows('SELECT pool_id, mac, times FROM discovered_machines ORDER BY mac'),
    bmcs: await reader.rows(
      `SELECT node_id, bmc_says, ${set('bmc_silent_since')} FROM node_hardware ORDER BY node_id`,
    ),
    measured: await reader.rows('SELECT step, COUNT(*) AS n FROM load_times GROUP BY step ORDER BY step'),
    quarantine: await reader.rows('SELECT name FROM quarantine ORDER BY name'),
    suspended: await reader.rows('SELECT id FROM image_revisions WHERE suspended_at IS NOT NULL'),
    images: await reader.rows(
      'SELECT name, production_revision_id, previous_revision_id FROM images ORDER BY id',
    ),
    revisions: await reader.rows(
      `SELECT id, image_id, number, sha256, ${['ready_at', 'proven_at', 'deleted_at'].map(set).join(', ')} FROM image_revisions ORDER BY id`,
    ),
  };
}

function filesOf(directory: string): Record<string, string> {
  const pool = poolFolder(directory);
  const files = ['', 'guests', 'forwards', 'crashed'].flatMap((folder) =>
    list(join(pool, folder))
      .filter((name) => name.endsWith('.json') || folder !== '')
      .map((name) => join(folder, name)),
  );
  const images = list(join(directory, 'images')).map((name) => [`images/${name}`, 'an image']);
  return Object.fromEntries([
    ...images,
    ...files.map((name) => [
      name.startsWith('forwards') ? 'forwards' : name,
      readFileSync(join(pool, name), 'utf8').replace(/"run":"[^"]*",/, ''),
    ]),
  ]);
}

/** What must hold of every end: the books are right, nothing is half done, nothing is left over, what ended has a reason and no secrets. */
export async function checkWhole(db: Database, directory: string): Promise<void> {
  await checkRows(db);
  const left = await reading(db, (reader) => leftovers(reader, directory));
  if (left.length > 0) throw new Error(`left over: ${JSON.stringify(left)}`);
}

/** The part of `checkWhole` that the database knows. */
export async function checkRows(db: Database): Promise<void> {
  await checkBooks(db);
  const wrong = await reading(db, async (reader) => [
    ...(await reader.rows("SELECT 'running task' AS what, id FROM tasks WHERE status = 'running'")),
    ...(await reader.rows(
      "SELECT 'ended without a reason' AS what, id FROM reservations WHERE live IS NULL AND (reason IS NULL OR reason = '') AND ended_by IS NULL",
    )),
    ...(await reader.rows(
      "SELECT 'still ending' AS what, id FROM reservations WHERE state IN ('deleted', 'timeout')",
    )),
    ...(await reader.rows(
      "SELECT 'password left' AS what, id FROM reservations WHERE live IS NULL AND password IS NOT NULL",
    )),
    ...(await reader.rows(
      `SELECT 'hold or port of nobody' AS what, a.id FROM allocations a JOIN reservations r ON r.id = a.reservation_id
         WHERE (a.released_at IS NULL OR a.user_port IS NOT NULL) AND r.live IS NULL
           AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.id = a.node_id AND n.state = 'failed')`,
    )),
  ]);
  if (wrong.length > 0) throw new Error(`not whole: ${JSON.stringify(wrong)}`);
}

/** Artefacts of another load than the node's, and accounts or ways in on machines that nobody has. */
async function leftovers(reader: Reader, directory: string): Promise<object[]> {
  const nodes = await reader.rows<{ id: number; load_no: number; state: string }>(
    'SELECT id, load_no, state FROM nodes',
  );
  const pool = poolFolder(directory);
  const names = [...list(pool).filter((name) => name.endsWith('.json')), ...list(join(pool, 'guests'))];
  const old = names.filter((name) => {
    const artefact = parseArtefactName(name.replace('.json', ''));
    const node = nodes.find((row) => row.id === artefact?.nodeId);
    return (
      artefact?.installation === 'testlab' && artefact.load !== node?.load_no && node?.state !== 'failed'
    );
  });
  const idle = nodes.filter((node) => node.state === 'available').map((node) => node.id);
  const peopled = list(join(pool, 'guests')).filter((name) => {
    if (!idle.includes(parseArtefactName(name)?.nodeId ?? 0)) return false;
    return !readFileSync(join(pool, 'guests', name), 'utf8').includes('"accounts":{}');
  });
  const ways = list(join(pool, 'forwards')).filter((port) =>
    idle.includes(parseArtefactName(readFileSync(join(pool, 'forwards', port), 'utf8'))?.nodeId ?? 0),
  );
  return [
    ...old.map((name) => ({ what: 'leftover', name })),
    ...peopled.map((name) => ({ what: 'account left', name })),
    ...ways.map((port) => ({ what: 'way in left', port })),
  ];
}
