import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connectDatabase, type Database } from '../../db/connect.ts';
import { auditOccupancy } from '../../db/repositories/occupancy-audit.ts';
import { inSnapshot, inTransaction, type Reader, reading } from '../../db/transaction.ts';
import { ceilQuarter, minute } from '../../src/domain/time.ts';
import { type BookingRequest, runBooker } from '../helpers/booker-child.ts';
import { makeCrashLab, poolFolder, untilSettled } from '../helpers/crash-lab.ts';
import { startDaemonProcess } from '../helpers/daemon-child.ts';
import { checkBooks, type Lab } from '../helpers/lab.ts';
import { type Call, callsOf } from '../helpers/test-machines.ts';

const nodes = 8;
/** Longer than a process may wait for SQLite's lock, as the real one is: it stands still meanwhile. */
const lease = 10_000;

/** Two places with four nodes each; two daemons serve the first, one the second. */
export async function makeRaceLab(db: Database): Promise<Lab> {
  const lab = await makeCrashLab(db, { nodes, simulator: { loadSeconds: 0.2, spread: 0.9 } });
  await inTransaction(db, async (tx) => {
    const [pool] = await tx.rows<Record<string, unknown>>('SELECT * FROM pools');
    const [place] = await tx.rows<Record<string, unknown>>('SELECT * FROM places');
    await tx.table('places').insert({ ...place, id: 2, uuid: 'other', name: 'there' });
    await tx.table('pools').insert({ ...pool, id: 2, name: 'there', place_id: 2 });
    await tx
      .table('nodes')
      .where('id', '>', nodes / 2)
      .update({ pool_id: 2, place_id: 2 });
  });
  return lab;
}

export async function startDaemons(
  lab: Lab,
  url: string,
  daemons: readonly { readonly name: string; readonly placeId: number }[],
  leaseMilliseconds = lease,
): Promise<ChildProcess[]> {
  return Promise.all(
    daemons.map(async ({ name, placeId }) => {
      const child = startDaemonProcess();
      child.send({ url, directory: lab.directory, stay: true, name, placeId, leaseMilliseconds });
      const ended = once(child, 'exit').then(() =>
        Promise.reject(new Error(`the daemon ${name} did not start`)),
      );
      await Promise.race([once(child, 'message'), ended]);
      ended.catch(() => undefined);
      return child;
    }),
  );
}

export async function stopDaemons(children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

const hours = 12;
const room = nodes * hours;

/** Half as many bookings again as there is room for on one afternoon, an hour each: alone, a client fills it to the last one. */
async function afternoon(lab: Lab): Promise<BookingRequest[]> {
  const me = await lab.person('planner');
  const noon = ceilQuarter(Date.now()) + 24 * 60 * minute;
  return Array.from({ length: (room * 3) / 2 }, (_, i) => ({
    me,
    minutes: 60,
    start: noon + (i % hours) * 60 * minute,
  }));
}

/**
 * Asks again and again while others book whether the bits are those of the allocations and no node is booked twice; resolves
 * with how often.
 */
export async function auditWhile(url: string, work: Promise<unknown>): Promise<number> {
  const db = connectDatabase(url);
  const differences: object[] = [];
  let audits = 0;
  let over = false;
  const ended = work.finally(() => {
    over = true;
  });
  while (!over) {
    await inSnapshot(db, async (reader) => {
      differences.push(...(await auditOccupancy(reader, 0)), ...(await doubleBookings(reader)));
    });
    audits++;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await ended;
  await db.close();
  assert.deepEqual(differences, []);
  return audits;
}

/** Pairs of holds of one node that overlap in time. (Times of rows do not tell in what order they were committed: ask while both live.) */
function doubleBookings(reader: Reader): Promise<object[]> {
  return reader.rows(
    `SELECT a.id AS one, b.id AS other, a.node_id FROM allocations a JOIN allocations b ON b.node_id = a.node_id AND b.id > a.id
       WHERE a.hold_from < b.hold_until AND b.hold_from < a.hold_until AND a.released_at IS NULL AND b.released_at IS NULL`,
  );
}

/** Loads of one node that ran at the same time. `stopped` is the process that a test had stopped: what it began did not run on. */
export function overlappingLoads(directory: string, stopped?: number): Call[] {
  const open = new Map<number, Call>();
  const overlapping: Call[] = [];
  for (const call of callsOf(poolFolder(directory))) {
    const before = open.get(call.node);
    if (call.what === 'load begins') {
      if (before && before.pid !== stopped) overlapping.push(call);
      open.set(call.node, call);
    } else if (call.what === 'load ends' && before?.pid === call.pid) open.delete(call.node);
  }
  return overlapping;
}

export interface RaceResult {
  /** How many bookings of one afternoon there is room for, and how many were made. */
  readonly room: number;
  readonly packed: number;
  readonly churned: number;
  readonly loads: number;
  readonly audits: number;
}

/** Daemons of two places and two booking processes on one database, for `seconds`. */
export async function race(db: Database, url: string, seconds: number): Promise<RaceResult> {
  const lab = await makeRaceLab(db);
  const children = await startDaemons(lab, url, [
    { name: 'a', placeId: 1 },
    { name: 'b', placeId: 1 },
    { name: 'c', placeId: 2 },
  ]);
  try {
    const requests = await afternoon(lab);
    const churners = await Promise.all(['ann', 'bob', 'eve'].map((name) => lab.person(name)));
    const admin = await lab.person('admin', { role: 'administrator' });
    const from = ceilQuarter(Date.now());
    const booker = (part: number) =>
      runBooker({
        url,
        requests: requests.filter((_, i) => i % 2 === part),
        together: 4,
        churnSeconds: seconds,
        churners,
        admin,
        from,
      });
    const work = Promise.all([booker(0), booker(1)]);
    const audits = await auditWhile(url, work);
    const counts = await work;
    assert.deepEqual(
      counts.flatMap((count) => count.errors),
      [],
    );
    await endAll(lab, admin);
    await untilSettled(db, 60);
    assert.deepEqual(overlappingLoads(lab.directory), []);
    assert.deepEqual(await reading(db, doubleBookings), []);
    await checkBooks(db);
    const packed = await reading(db, (reader) =>
      reader.rows(
        "SELECT r.id FROM reservations r JOIN users u ON u.id = r.user_id WHERE u.name = 'planner'",
      ),
    );
    return {
      room,
      packed: packed.length,
      churned: counts.reduce((sum, { booked, ended }) => sum + booked + ended, 0),
      loads: callsOf(poolFolder(lab.directory)).filter(({ what }) => what === 'load begins').length,
      audits,
    };
  } finally {
    await stopDaemons(children);
    await lab.close();
  }
}

async function endAll(lab: Lab, admin: BookingRequest['me']): Promise<void> {
  const live = await reading(lab.db, (reader) =>
    reader.rows<{ id: number }>('SELECT id FROM reservations WHERE live = 1 AND starts_now = 1'),
  );
  for (const { id } of live) await lab.services.endReservation(admin, id);
}
