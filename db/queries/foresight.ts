/** What prediction is made from. */
import type { Firmware } from '../../src/domain/contracts/facts.ts';
import type { NodeState } from '../../src/domain/states.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** A machine that can be had, or will be. */
export interface ForeseenRow {
  id: number;
  state: NodeState;
  pool_id: number;
  predictive: string;
  cpus: number;
  memory_mb: number;
  disk_mb: number;
  firmware: Firmware | null;
  tainted: number;
  preferred_image_id: number | null;
  next_image_id: number | null;
  /** What is on it now. */
  held_image_id: number | null;
  aim_image_id: number | null;
  aim_because: string | null;
}

export function foreseenRows(reader: Reader, placeId: number): Promise<ForeseenRow[]> {
  return reader.rows(
    `SELECT n.id, n.state, n.pool_id, p.predictive, n.cpus, n.memory_mb, n.disk_mb, h.firmware, n.tainted, n.preferred_image_id,
        n.next_image_id, v.image_id AS held_image_id, n.aim_image_id, n.aim_because
       FROM nodes n JOIN pools p ON p.id = n.pool_id LEFT JOIN image_revisions v ON v.id = n.revision_id
         LEFT JOIN node_hardware h ON h.node_id = n.id
       WHERE n.place_id = ? AND n.out_for IS NULL AND n.state IN ('available', 'reserved', 'reloading', 'inuse') ORDER BY n.id`,
    [placeId],
  );
}

/** Who has machines, or will within the window. */
export interface ComingRow {
  node_id: number;
  state: string;
  start_at: number;
  hold_from: number;
  hold_until: number;
  /** Null: nobody is to have it then. */
  image_id: number | null;
}

export async function comingRows(reader: Reader, placeId: number, until: number): Promise<ComingRow[]> {
  const rows = await reader.rows<ComingRow>(
    `SELECT a.node_id, a.state, a.start_at, a.hold_from, a.hold_until, COALESCE(a.image_id, r.image_id, d.image_id) AS image_id
       FROM allocations a JOIN nodes n ON n.id = a.node_id LEFT JOIN reservations r ON r.id = a.reservation_id
         LEFT JOIN block_dates d ON d.id = a.block_date_id
       WHERE a.released_at IS NULL AND a.hold_from < ? AND n.place_id = ? ORDER BY a.hold_from, a.id`,
    [until, placeId],
  );
  return rows.map((row) => ({
    ...row,
    ...{
      start_at: Number(row.start_at),
      hold_from: Number(row.hold_from),
      hold_until: Number(row.hold_until),
    },
  }));
}

export interface DemandRow {
  hour: number;
  image_id: number;
  taken: number;
  at_once: number;
  found: number;
}

export async function demandRows(reader: Reader, since: number): Promise<DemandRow[]> {
  const rows = await reader.rows<DemandRow>('SELECT * FROM demand_hours WHERE hour >= ?', [since]);
  return rows.map((row) => ({ ...row, hour: Number(row.hour) }));
}

/** What people took of each image since then, and found loaded. */
export async function demandOfImages(
  reader: Reader,
  since: number,
): Promise<{ imageId: number; taken: number; atOnce: number; found: number }[]> {
  const rows = await reader.rows<DemandRow>(
    'SELECT image_id, SUM(taken) AS taken, SUM(at_once) AS at_once, SUM(found) AS found FROM demand_hours WHERE hour >= ? GROUP BY image_id',
    [since],
  );
  return rows.map((row) => ({
    ...{ imageId: row.image_id, taken: Number(row.taken) },
    ...{ atOnce: Number(row.at_once), found: Number(row.found) },
  }));
}

/** Images with something to load, by their spares: those that are wanted ahead, and these. */
export function foreseenImages(
  reader: Reader,
  ids: readonly number[],
): Promise<{ id: number; warm_spares: number }[]> {
  const named = ids.length === 0 ? '1 = 0' : `i.id IN (${marks(ids)})`;
  return reader.rows(
    `SELECT i.id, i.warm_spares FROM images i WHERE i.deleted_at IS NULL AND i.production_revision_id IS NOT NULL
       AND (i.warm_spares > 0 OR ${named}) ORDER BY i.id`,
    ids,
  );
}
