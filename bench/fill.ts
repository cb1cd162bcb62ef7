/** Fills an installation (`makeLab`) by the thousand, with rows as the services leave them. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../db/connect.ts';
import { insertRows } from '../db/repositories/insert-rows.ts';
import { materialise } from '../db/repositories/occupancy.ts';
import { inTransaction, type Tx } from '../db/transaction.ts';
import { day, hour } from '../src/domain/time.ts';
import { sha256 } from '../src/lib/secrets.ts';
import { checkBooks } from '../test/helpers/lab.ts';

export interface NodesWanted {
  readonly count: number;
  /** Days from today on that they can be booked for. */
  readonly days: number;
  /** They hold the image already. */
  readonly loaded: boolean;
}

/** Idle simulated machines with the ids 1 to `count`. */
export function addNodes(db: Database, { count, days, loaded }: NodesWanted): Promise<void> {
  return inTransaction(db, async (tx) => {
    const nodes = numbers(count).map((id) => ({
      ...{ id, name: `bench${id}`, pool_id: 1, place_id: 1, state: 'available' },
      ...{ cpus: 1, memory_mb: 256, disk_mb: 1024, mac: `02:00:00:02:${hex(id >> 8)}:${hex(id & 255)}` },
      ...{ revision_id: loaded ? 1 : null, preferred_image_id: 1, host_keys: '[]' },
      ...{ state_at: tx.now, created_at: tx.now },
    }));
    await insertRows(tx, 'nodes', nodes);
    const today = Math.floor(tx.now / day);
    await materialise(tx, numbers(count), today, today + days);
  });
}

/** Students of VCL's limits with the ids 1 to `count`; one token each. */
export async function addStudents(db: Database, count: number): Promise<string[]> {
  const tokens = numbers(count).map(() => `lab_${randomBytes(24).toString('base64url')}`);
  await inTransaction(db, async (tx) => {
    const at = { created_at: tx.now };
    const limits = {
      ...{ initial_minutes: 240, total_minutes: 360, extend_minutes: 60 },
      ...{ overlap: 1, days_ahead: 7, upcoming: 5 },
    };
    await insertRows(tx, 'user_groups', [{ id: 1, name: 'students', role: 'user', ...limits }]);
    const ids = numbers(count);
    await insertRows(
      tx,
      'users',
      ids.map((id) => ({ id, name: `student${id}`, display_name: `Student ${id}`, ...at })),
    );
    await insertRows(
      tx,
      'group_members',
      ids.map((id) => ({ group_id: 1, user_id: id })),
    );
    await insertRows(
      tx,
      'counters',
      ids.map((id) => ({ name: `user:${id}`, changes: 0 })),
    );
    const tokenRow = (token: string, index: number) => ({ hash: sha256(token), user_id: index + 1 });
    await insertRows(
      tx,
      'api_tokens',
      tokens.map((token, index) => ({ ...tokenRow(token, index), label: 'bench', ...at })),
    );
  });
  return tokens;
}

/**
 * Books the nodes 1 to `nodes` for two hours a day each, from tomorrow on: rows, tasks and bits as a booking leaves them.
 * `live` is a multiple of `nodes`. So many are written at once, that a million fit into memory.
 * Throws when the audit finds otherwise.
 */
export async function addBookings(db: Database, live: number, nodes: number): Promise<void> {
  for (let before = 0; before < live; before += together)
    await inTransaction(db, (tx) => addSome(tx, before, Math.min(together, live - before), nodes));
  await inTransaction(db, async (tx) => {
    const bits = 0b11111111 * 2 ** 8;
    const tomorrow = Math.floor(tx.now / day) + 1;
    for (let ahead = 0; ahead < Math.ceil(live / nodes); ahead++)
      await tx.change('UPDATE occupancy SET am = ? WHERE day = ?', [bits, tomorrow + ahead]);
  });
  await checkBooks(db);
}

const together = 50_000;

async function addSome(tx: Tx, before: number, count: number, nodes: number): Promise<void> {
  const tomorrow = (Math.floor(tx.now / day) + 1) * day;
  const bookings = numbers(count).map((n) => {
    const id = before + n;
    const start_at = tomorrow + Math.floor((id - 1) / nodes) * day + 2 * hour;
    return { id, node_id: ((id - 1) % nodes) + 1, start_at, end_at: start_at + 2 * hour };
  });
  const at = { created_at: tx.now };
  await insertRows(
    tx,
    'reservations',
    bookings.map(({ id, start_at, end_at }) => ({
      ...{ id, user_id: 100_000 + id, image_id: 1, state: 'new', live: 1, start_at, end_at },
      ...{ minutes: 120, starts_now: 0, username: 'someone', ...at },
    })),
  );
  await insertRows(
    tx,
    'allocations',
    bookings.map(({ id, node_id, start_at, end_at }) => ({
      ...{ id, node_id, reservation_id: id, purpose: 'reservation', state: 'held', start_at, end_at },
      ...{ hold_from: start_at, hold_until: end_at, ...at },
    })),
  );
  await insertRows(
    tx,
    'tasks',
    bookings.map(({ id, node_id, start_at }) => ({
      ...{
        action: 'new',
        target_type: 'allocation',
        target_id: id,
        place_id: 1,
        reservation_id: id,
        node_id,
      },
      ...{ args: '{}', status: 'queued', open_key: `new:allocation:${id}`, run_after: start_at, ...at },
    })),
  );
}

/** 1 to `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
