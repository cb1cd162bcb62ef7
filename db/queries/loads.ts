import {
  type BegunPhase,
  type LoadOutcome,
  type PhaseTime,
  phaseTimes,
} from '../../src/domain/load-phases.ts';
import type { LoadRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { Conditions } from './conditions.ts';

/** A load with what its place in a list shows. */
export interface LoadListRow extends LoadRow {
  node_name: string | null;
  pool_name: string | null;
  user_name: string | null;
}

export interface LoadFilter {
  readonly outcome?: LoadOutcome | undefined;
  /** Names. */
  readonly node?: string | undefined;
  readonly image?: string | undefined;
  readonly pool?: string | undefined;
  /** Only those of which a phase took twice as long as usual. */
  readonly slower?: boolean | undefined;
  readonly nodeId?: number | undefined;
  readonly reservationId?: number | undefined;
  readonly id?: number | undefined;
  /** Older than this one. */
  readonly before?: number | undefined;
}

const from = `FROM loads l LEFT JOIN nodes n ON n.id = l.node_id LEFT JOIN pools p ON p.id = l.pool_id
    LEFT JOIN reservations r ON r.id = l.reservation_id LEFT JOIN users u ON u.id = r.user_id`;

function conditionsOf(filter: LoadFilter): Conditions {
  const where = new Conditions();
  if (filter.outcome) where.add('l.outcome = ?', filter.outcome);
  if (filter.node) where.add('l.node_id = (SELECT id FROM nodes WHERE name = ?)', filter.node);
  if (filter.image) where.add('l.image_id = (SELECT id FROM images WHERE name = ?)', filter.image);
  if (filter.pool) where.add('l.pool_id = (SELECT id FROM pools WHERE name = ?)', filter.pool);
  if (filter.slower) where.add('l.slower IS NOT NULL');
  if (filter.nodeId !== undefined) where.add('l.node_id = ?', filter.nodeId);
  // what its machine was cleaned with afterwards is not its own
  if (filter.reservationId !== undefined)
    where.add("l.reservation_id = ? AND l.action IN ('new', 'reinstall')", filter.reservationId);
  if (filter.id !== undefined) where.add('l.id = ?', filter.id);
  if (filter.before !== undefined) where.add('l.id < ?', filter.before);
  return where;
}

/** Newest first. */
export function loadRows(
  reader: Reader,
  filter: LoadFilter,
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): Promise<LoadListRow[]> {
  const where = conditionsOf(filter);
  return reader.rows(
    `SELECT l.*, n.name AS node_name, p.name AS pool_name, u.name AS user_name ${from}
       WHERE ${where.sql} ORDER BY l.id DESC LIMIT ? OFFSET ?`,
    [...where.bindings, limit, offset],
  );
}

/** How many there are of each outcome; the filter's own outcome is left out, so that another one can be chosen. */
export async function countLoads(
  reader: Reader,
  filter: LoadFilter,
): Promise<{ outcome: LoadOutcome; n: number }[]> {
  const where = conditionsOf({ ...filter, outcome: undefined });
  const rows = await reader.rows<{ outcome: LoadOutcome; n: number }>(
    `SELECT l.outcome, COUNT(*) AS n FROM loads l WHERE ${where.sql} GROUP BY l.outcome`,
    where.bindings,
  );
  return rows.map(({ outcome, n }) => ({ outcome, n: Number(n) }));
}

type Alike = Pick<LoadRow, 'id' | 'image_id' | 'pool_id' | 'model'>;

const asUsual = 20;
/** As many parts as one statement takes on either engine. */
const mostParts = 100;

/** Of each, the phases of the last loads before it that succeeded with its image on machines like its own. */
export async function earlierLoads(reader: Reader, loads: readonly Alike[]): Promise<PhaseTime[][][]> {
  const found: PhaseTime[][][] = loads.map(() => []);
  for (let first = 0; first < loads.length; first += mostParts) {
    const part = loads.slice(first, first + mostParts);
    const one = `SELECT * FROM (SELECT ? AS place, phases, began_at, ended_at FROM loads
      WHERE image_id = ? AND pool_id = ? AND model = ? AND outcome = 'loaded' AND id < ? ORDER BY id DESC LIMIT ${asUsual}) t`;
    const rows = await reader.rows<{ place: number; phases: string; began_at: number; ended_at: number }>(
      part.map(() => one).join(' UNION ALL '),
      part.flatMap((load, index) => [first + index, load.image_id, load.pool_id, load.model, load.id]),
    );
    for (const { place, phases, began_at: began, ended_at: ended } of rows)
      found[Number(place)]?.push(
        phaseTimes(JSON.parse(phases) as BegunPhase[], Number(began), Number(ended)),
      );
  }
  return found;
}
