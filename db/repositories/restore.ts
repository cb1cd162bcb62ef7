import { rmSync } from 'node:fs';
import { isLive, reservationStates } from '../../src/domain/states.ts';
import { connectDatabase, type Database, migrate } from '../connect.ts';
import { migrating, migratingTo, migrationNames } from '../migrations/index.ts';
import { inTransaction, reading, type Tx } from '../transaction.ts';
import { giveUpRevision } from './captures.ts';
import { addEvent } from './events.ts';
import { fillTable, type TableRows } from './insert-rows.ts';
import { continueAt, type NextIds } from './next-ids.ts';
import { addNotice } from './notices.ts';
import { moveReservation } from './reservations.ts';
import { queueTask, stopTasksOf } from './tasks.ts';

/** The migrations that this program does not know: those of a newer one. */
export function unknownMigrations(schema: readonly string[]): string[] {
  return schema.filter((name) => !migrationNames.includes(name));
}

/** True when the database has no table at all. */
export function isEmptyDatabase(db: Database): Promise<boolean> {
  return reading(db, async (reader) => {
    const [table] = await reader.rows(
      reader.engine === 'sqlite'
        ? 'SELECT 1 FROM sqlite_master LIMIT 1'
        : 'SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 1',
    );
    return table === undefined;
  });
}

export interface Refill {
  /** The migrations that the rows were written under. */
  readonly schema: readonly string[];
  /** Where the numbers of new rows go on. */
  readonly nextIds: NextIds;
  /** Read anew each time that it is called. */
  readonly pieces: () => AsyncIterable<TableRows>;
  /** Run in one transaction when all rows are there, under this program's schema. */
  readonly finish: (tx: Tx) => Promise<void>;
}

/** Makes the tables of another program's schema, fills them, and brings them to this one's. All or nothing. */
export async function refill(url: string, { schema, nextIds, pieces, finish }: Refill): Promise<void> {
  const db = connectDatabase(url);
  try {
    await db.knex.migrate.latest(migratingTo(schema));
    await inTransaction(db, async (tx) => {
      for await (const piece of pieces()) await fillTable(tx, piece);
      await tx.change('UPDATE places SET armed = 0');
    });
    await migrate(db);
    await continueAt(db, nextIds);
    await inTransaction(db, finish);
    await db.close();
  } catch (error) {
    await empty(db, url);
    throw error;
  }
}

async function empty(db: Database, url: string): Promise<void> {
  if (db.engine === 'mariadb') {
    await db.knex.migrate.rollback(migrating, true);
    for (const name of ['knex_migrations', 'knex_migrations_lock'])
      await db.knex.schema.dropTableIfExists(name);
  }
  await db.close();
  if (db.engine === 'sqlite')
    for (const end of ['', '-wal', '-shm']) rmSync(`${url.slice('sqlite:'.length)}${end}`, { force: true });
}

export interface Restored {
  /** The place whose machines are lost: its data directory is a new one. */
  readonly place: string;
  /** Where its files lay, and where they lie now. */
  readonly from: string;
  readonly to: string;
  /** What people who had a machine of it are told. */
  readonly reason: string;
}

/**
 * Makes a copy of rows an installation that touches nothing until it is armed, whose machines of this place are gone: what was
 * on them is lost, so that those who had one are told and the reservation ends; what had not begun stays booked.
 */
export async function disarmCopy(tx: Tx, { place, from, to, reason }: Restored): Promise<void> {
  await tx.change('DELETE FROM gateways');
  await tx.change('DELETE FROM tickets');
  const row = await tx.table('places').where({ uuid: place }).first();
  const placeId = Number(row?.id ?? 0);
  const revisions = await tx.rows<{ id: number; file: string }>('SELECT id, file FROM image_revisions');
  for (const { id, file } of revisions)
    if (file.startsWith(`${from}/`))
      await tx
        .table('image_revisions')
        .where({ id })
        .update({ file: to + file.slice(from.length) });
  for (const held of await heldOf(tx, placeId)) await endLost(tx, held, placeId, reason);
  await addEvent(tx, { kind: 'restored', data: { from } });
}

interface Held {
  readonly id: number;
  readonly capture_revision_id: number | null;
}

function heldOf(tx: Tx, placeId: number): Promise<Held[]> {
  return tx.rows(
    `SELECT DISTINCT r.id, r.capture_revision_id FROM reservations r JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL
       JOIN nodes n ON n.id = a.node_id WHERE r.live = 1 AND r.ready_at IS NOT NULL AND n.place_id = ?`,
    [placeId],
  );
}

/** Given back as if its time were over; the reclaim waits until the place is armed. */
async function endLost(tx: Tx, held: Held, placeId: number, reason: string): Promise<void> {
  const { id, capture_revision_id: revision } = held;
  await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
  if (!(await moveReservation(tx, id, reservationStates.filter(isLive), 'deleted', { reason }))) return;
  if (revision !== null) await giveUpRevision(tx, revision);
  await stopTasksOf(tx, id, ['deleted', 'timeout', 'notify']);
  await queueTask(
    tx,
    { action: 'deleted', targetType: 'reservation', targetId: id },
    { placeId, reservationId: id },
  );
  await addEvent(tx, { kind: 'timed-out', reservationId: id, data: { reason } });
  const notice = await addNotice(tx, id, 'ended', { reason });
  if (notice === null) return;
  const mail = { action: 'notify', targetType: 'notice', targetId: notice } as const;
  await queueTask(tx, mail, { placeId, reservationId: id });
}
