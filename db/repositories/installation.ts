import type { Reach } from '../../src/domain/contracts/facts.ts';
import type { IdleRuleChanges } from '../../src/domain/idle-rules.ts';
import type { Database } from '../connect.ts';
import { idleColumns } from '../idle-rules.ts';
import type { Reader, Tx } from '../transaction.ts';

/** The installation's one row; of two first starts the second breaks its key and finds the first one's. */
const theOne = 1;

/** The installation's id and key check; null before the first start. */
export async function findInstallation(
  db: Database,
): Promise<{ uuid: string; keyCheck: string | null } | null> {
  const row = await db.knex('installation').select('uuid', 'key_check').where({ id: theOne }).first();
  return row ? { uuid: String(row.uuid), keyCheck: row.key_check } : null;
}

/** Its id; there is one wherever people have come in. */
export async function installationOf(reader: Reader): Promise<string> {
  const [row] = await reader.rows<{ uuid: string }>('SELECT uuid FROM installation WHERE id = ?', [theOne]);
  return row?.uuid ?? 'labrador';
}

/** The installation, and whether it was made by this very call. `keyCheck` is a text sealed with its master key. */
export async function ensureInstallation(
  tx: Tx,
  uuid: string,
  keyCheck: string,
): Promise<{ uuid: string; created: boolean; keyCheck: string | null }> {
  const row = await tx.table('installation').select('uuid', 'key_check').where({ id: theOne }).first();
  if (row) return { uuid: String(row.uuid), created: false, keyCheck: row.key_check };
  await tx.table('installation').insert({ id: theOne, uuid, key_check: keyCheck, created_at: tx.now });
  return { uuid, created: true, keyCheck };
}

export interface PlaceRow {
  id: number;
  uuid: string;
  name: string;
  armed: number;
}

export async function findPlace(tx: Reader, uuid: string): Promise<PlaceRow | null> {
  return (await tx.table('places').where({ uuid }).first()) ?? null;
}

export async function addPlace(tx: Tx, uuid: string, name: string, armed: boolean): Promise<number> {
  const [id] = await tx.table('places').insert({ uuid, name, armed: armed ? 1 : 0, created_at: tx.now });
  return Number(id);
}

/** A disarmed place is read and shown; nothing of it is touched. */
export async function armPlace(tx: Tx, id: number, armed: boolean): Promise<void> {
  await tx
    .table('places')
    .where({ id })
    .update({ armed: armed ? 1 : 0 });
}

/** False also when there is no such place. */
export async function isArmed(reader: Reader, placeId: number): Promise<boolean> {
  const [place] = await reader.rows<{ armed: number }>('SELECT armed FROM places WHERE id = ?', [placeId]);
  return place?.armed === 1;
}

/** Begins or ends the draining of a place; false when it was so already. */
export async function setDraining(tx: Tx, id: number, on: boolean): Promise<boolean> {
  const changed = await tx.change(
    `UPDATE places SET draining_since = ? WHERE id = ? AND draining_since IS ${on ? '' : 'NOT '}NULL`,
    [(on ? tx.now : null) as number, id],
  );
  return changed === 1;
}

export interface NewPool {
  readonly name: string;
  readonly module: string;
  readonly reach: Reach;
  readonly placeId: number;
  readonly settings?: object;
  readonly idle?: IdleRuleChanges;
}

/** The pool's id; null when there is none of that name. */
export async function findPool(tx: Tx, name: string): Promise<number | null> {
  const row = await tx.table('pools').select('id').where({ name }).first();
  return row ? Number(row.id) : null;
}

/** A pool; with its module's default settings unless told. */
export async function addPool(tx: Tx, pool: NewPool): Promise<number> {
  const { name, module, reach, placeId, settings = {}, idle = {} } = pool;
  const [id] = await tx.table('pools').insert({
    name,
    module,
    settings: JSON.stringify(settings),
    reach,
    place_id: placeId,
    created_at: tx.now,
    ...idleColumns(idle),
  });
  return Number(id);
}
