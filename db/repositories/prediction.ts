/** What was taken in each hour, and what machines are to hold before anybody asks. */
import type { Aim } from '../../src/domain/contracts/predictive.ts';
import { day, hour } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';
import type { Reader, Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';

/** Whoever took something at the end of an hour has it, or is seen to wait for its load, by then. */
const settled = 5 * 60_000;
/** So far back it is counted, and kept: the longest that a module looks back. */
const keptHours = (60 * day) / hour;
/** So many hours in one transaction. */
const atOnce = 7 * 24;

interface Counting {
  prediction_paused_at: number | null;
  demand_counted_until: number | null;
  created_at: number;
}

export interface PredictionState {
  readonly pausedAt: number | null;
  /** Hours before it were counted; null: none yet. */
  readonly countedUntil: number | null;
  /** The first hour of which something is known. */
  readonly since: number;
}

export async function predictionState(reader: Reader): Promise<PredictionState> {
  const [row] = await reader.rows<Counting>(
    'SELECT prediction_paused_at, demand_counted_until, created_at FROM installation WHERE id = 1',
  );
  const numberOf = (value: number | null | undefined) => (value == null ? null : Number(value));
  const oldest = Math.floor(reader.now / hour - keptHours) * hour;
  return {
    pausedAt: numberOf(row?.prediction_paused_at),
    countedUntil: numberOf(row?.demand_counted_until),
    since: Math.max(oldest, Math.ceil(Number(row?.created_at ?? 0) / hour) * hour),
  };
}

export async function setPaused(tx: Tx, pausedAt: number | null): Promise<void> {
  await tx.table('installation').where({ id: 1 }).update({ prediction_paused_at: pausedAt });
}

/** Hours that are over and were not counted yet, [from, until) epoch ms; null: there is none. */
export function hoursToCount(
  now: number,
  { countedUntil, since }: PredictionState,
): { from: number; until: number } | null {
  const over = Math.floor((now - settled) / hour) * hour;
  const from = Math.max(countedUntil ?? since, over - keptHours * hour);
  return from < over ? { from, until: Math.min(over, from + atOnce * hour) } : null;
}

/**
 * Counts the next hours that are over, once, whoever does it: seats of classes aside, which are loaded for themselves. Somebody found
 * their image loaded when no load was begun for them. Hours that are too old go.
 */
export async function countDemand(tx: Tx): Promise<void> {
  const state = await predictionState(tx);
  const { countedUntil } = state;
  const hours = hoursToCount(tx.now, state);
  if (hours === null) return;
  const guard = tx.table('installation').where({ id: 1 });
  const changed = await (countedUntil === null
    ? guard.whereNull('demand_counted_until')
    : guard.where({ demand_counted_until: countedUntil })
  ).update({ demand_counted_until: hours.until });
  if (changed !== 1) return;
  const rows = await tx.rows<{
    hour: number;
    image_id: number;
    taken: number;
    at_once: number;
    found: number;
  }>(
    `SELECT b.hour, b.image_id, COUNT(*) AS taken, SUM(b.starts_now) AS at_once,
        SUM(CASE WHEN b.starts_now = 1 AND b.ready_at IS NOT NULL AND NOT EXISTS
          (SELECT 1 FROM loads l WHERE l.reservation_id = b.id AND l.action = 'new') THEN 1 ELSE 0 END) AS found
       FROM (SELECT DISTINCT r.id, r.image_id, r.starts_now, r.ready_at, r.start_at - r.start_at % ${hour} AS hour
         FROM allocations a JOIN reservations r ON r.id = a.reservation_id AND r.start_at = a.start_at
         WHERE a.start_at >= ? AND a.start_at < ? AND r.block_date_id IS NULL
           AND (r.ended_at IS NULL OR r.ended_at > r.start_at)) b
       GROUP BY b.hour, b.image_id`,
    [hours.from, hours.until],
  );
  await insertRows(
    tx,
    'demand_hours',
    rows.map((row) => ({
      ...{ hour: Number(row.hour), image_id: row.image_id, taken: Number(row.taken) },
      ...{ at_once: Number(row.at_once), found: Number(row.found) },
    })),
  );
  await tx.change('DELETE FROM demand_hours WHERE hour < ?', [hours.until - keptHours * hour]);
}

const perStatement = 500;

/** What these machines are to hold from now on, and why. */
export async function keepAims(tx: Tx, aims: readonly Aim[]): Promise<void> {
  const alike = new Map<string, { imageId: number | null; because: string; nodeIds: number[] }>();
  for (const { nodeId, imageId, because } of aims) {
    const says = JSON.stringify(because);
    const key = `${imageId} ${says}`;
    const group = alike.get(key) ?? { imageId, because: says, nodeIds: [] };
    group.nodeIds.push(nodeId);
    alike.set(key, group);
  }
  for (const { imageId, because, nodeIds } of alike.values())
    await setAims(tx, nodeIds, { aim_image_id: imageId, aim_because: because });
}

/** These machines stay as they are. */
export async function forgetAims(tx: Tx, nodeIds: readonly number[]): Promise<void> {
  await setAims(tx, nodeIds, { aim_image_id: null, aim_because: null });
}

async function setAims(
  tx: Tx,
  nodeIds: readonly number[],
  aim: { aim_image_id: number | null; aim_because: string | null },
): Promise<void> {
  for (let at = 0; at < nodeIds.length; at += perStatement)
    await tx
      .table('nodes')
      .whereIn('id', nodeIds.slice(at, at + perStatement))
      .update(aim);
}

/** A running load ahead of demand: of a machine that nobody has, nobody has used, and nobody ordered to be loaded. */
const isAhead = `t.action = 'reload' AND t.status = 'running' AND t.terminate = 0 AND t.parent_id IS NULL
  AND n.tainted = 0 AND n.unclean = 0 AND n.next_image_id IS NULL AND NOT EXISTS (SELECT 1 FROM allocations a
    WHERE a.node_id = n.id AND a.released_at IS NULL AND a.state IN ('ending', 'failed'))`;

/** Cuts the load ahead that keeps a machine from somebody who wants another image of it; false where there is none. */
export async function stopAheadOn(tx: Tx, nodeId: number, imageId: number): Promise<boolean> {
  const rows = await tx.rows<{ id: number }>(
    `SELECT t.id FROM tasks t JOIN nodes n ON n.id = t.node_id WHERE t.run_node = ? AND ${isAhead}
       AND NOT EXISTS (SELECT 1 FROM loads l WHERE l.task_id = t.id AND l.ended_at IS NULL AND l.image_id = ?)`,
    [nodeId, imageId],
  );
  return cut(tx, rows);
}

/** Cuts the newest loads ahead that have one of these slots, until so many slots become free. */
export async function stopAheadIn(
  tx: Tx,
  column: 'run_host_slot' | 'run_pool_slot',
  names: readonly string[],
  wanted: number,
): Promise<void> {
  const [leaving] = await tx.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM tasks WHERE ${column} IN (${marks(names)}) AND terminate <> 0`,
    names,
  );
  const more = wanted - Number(leaving?.n ?? 0);
  if (more <= 0) return;
  const rows = await tx.rows<{ id: number }>(
    `SELECT t.id FROM tasks t JOIN nodes n ON n.id = t.node_id WHERE t.${column} IN (${marks(names)}) AND ${isAhead}
       ORDER BY t.id DESC LIMIT ${Number(more)}`,
    names,
  );
  await cut(tx, rows);
}

async function cut(tx: Tx, rows: readonly { readonly id: number }[]): Promise<boolean> {
  for (const { id } of rows)
    await tx.table('tasks').where({ id, status: 'running' }).update({ terminate: 1 });
  return rows.length > 0;
}
