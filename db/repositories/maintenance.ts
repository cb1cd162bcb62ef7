import type { MaintenanceFacts } from '../../src/domain/contracts/closings.ts';
import { marks } from '../marks.ts';
import type { Reader, Tx } from '../transaction.ts';
import { fromNow, holdClosed, releaseClosed } from './closings.ts';
import { addEvent } from './events.ts';
import { guardNode, takeBack, takeOut } from './node-orders.ts';
import { queueTask, wakeTask } from './tasks.ts';

export const nodesKinds = ['all', 'pool', 'rack', 'nodes'] as const;
export type NodesKind = (typeof nodesKinds)[number];

export interface MaintenanceRow {
  id: number;
  reason: string;
  time_zone: string;
  from_at: number;
  until_at: number;
  nodes_kind: NodesKind;
  /** JSON: ids of pools or nodes, names of racks. */
  nodes_named: string;
  bookings: MaintenanceFacts['bookings'];
  created_by: number;
  created_at: number;
  /** Ended early, cancelled, or over. */
  ended_at: number | null;
  version: number;
}

/**
 * How far a window has got on a node: `planned` until it begins, `out` while it keeps the node out of service, `left` where the node
 * was out of service already, `over`.
 */
export type MaintenanceState = 'planned' | 'out' | 'left' | 'over';

/** SQL and parameters for "node `n` belongs to it". */
export function belongs(row: Pick<MaintenanceRow, 'nodes_kind' | 'nodes_named'>) {
  const named = JSON.parse(row.nodes_named) as (string | number)[];
  if (row.nodes_kind === 'all') return { sql: "n.state <> 'deprovisioning'", bindings: [] };
  const column = { pool: 'n.pool_id', rack: 'n.rack', nodes: 'n.id' }[row.nodes_kind];
  return {
    sql: named.length === 0 ? '1 = 0' : `${column} IN (${marks(named)})`,
    bindings: named,
  };
}

const open = 'ended_at IS NULL AND until_at > ?';

/** Those of a place that belong to an open window are in it; what is over for all nodes is closed. */
export async function keepWindows(tx: Tx, placeId: number): Promise<void> {
  const windows = await tx.rows<MaintenanceRow>(
    `SELECT * FROM maintenance_windows WHERE ${open} ORDER BY id`,
    [tx.now],
  );
  for (const window of windows) await join(tx, window, placeId);
  await tx.change(
    `UPDATE maintenance_windows SET ended_at = until_at WHERE ended_at IS NULL AND until_at <= ?
       AND NOT EXISTS (SELECT 1 FROM maintenance_nodes m WHERE m.window_id = maintenance_windows.id AND m.state <> 'over')`,
    [tx.now],
  );
}

/** Nodes of one place, or of all. */
export async function join(tx: Tx, window: MaintenanceRow, placeId?: number): Promise<void> {
  const { sql, bindings } = belongs(window);
  const here = placeId === undefined ? '' : 'AND n.place_id = ?';
  await tx.change(
    `INSERT INTO maintenance_nodes (window_id, node_id, state, held_version)
       SELECT ?, n.id, 'planned', 0 FROM nodes n WHERE ${sql} ${here}
         AND NOT EXISTS (SELECT 1 FROM maintenance_nodes m WHERE m.window_id = ? AND m.node_id = n.id)`,
    [window.id, ...bindings, ...(placeId === undefined ? [] : [placeId]), window.id],
  );
}

/** Nodes of a place that a window has still to be carried out on, as it stands now. */
export function maintenanceDue(
  reader: Reader,
  placeId: number,
  most: number,
): Promise<{ window_id: number; node_id: number }[]> {
  return reader.rows(
    `SELECT m.window_id, m.node_id FROM maintenance_nodes m JOIN maintenance_windows w ON w.id = m.window_id
         JOIN nodes n ON n.id = m.node_id
       WHERE n.place_id = ? AND m.state <> 'over' AND (w.ended_at IS NOT NULL OR w.until_at <= ? OR m.held_version <> w.version
         OR (m.state = 'planned' AND w.from_at <= ?) OR (m.state <> 'planned' AND w.from_at > ?))
       ORDER BY m.window_id, m.node_id LIMIT ${Math.floor(most)}`,
    [placeId, reader.now, reader.now, reader.now],
  );
}

interface NodeNow {
  id: number;
  place_id: number;
  state: string;
  load_no: number;
  out_for: string | null;
  out_window_id: number | null;
}

/** Carries a window out on one node as far as time has come. May be called again at any time: it ends in the same place. */
export async function keepMaintenance(tx: Tx, windowId: number, nodeId: number): Promise<void> {
  if (!(await guardNode(tx, nodeId))) return;
  const mine = { window_id: windowId, node_id: nodeId };
  const [node] = await tx.rows<NodeNow>('SELECT * FROM nodes WHERE id = ?', [nodeId]);
  const [window] = await tx.rows<MaintenanceRow>('SELECT * FROM maintenance_windows WHERE id = ?', [
    windowId,
  ]);
  const row = await tx.table('maintenance_nodes').where(mine).first();
  if (!node || !window || !row || row.state === 'over') return;
  const [from, until] = [Number(window.from_at), Number(window.until_at)];
  const live = window.ended_at === null && tx.now < until;
  const closing = { nodeId, purpose: 'maintenance', closingId: windowId } as const;
  if (row.held_version !== window.version || !live) await releaseClosed(tx, closing);
  if (row.held_version !== window.version && live)
    await holdClosed(tx, closing, fromNow(tx, [{ from, until }]));
  const state = await stateOf(tx, node, window, row.state as MaintenanceState, live);
  await tx.table('maintenance_nodes').where(mine).update({ state, held_version: window.version });
}

async function stateOf(
  tx: Tx,
  node: NodeNow,
  window: MaintenanceRow,
  was: MaintenanceState,
  live: boolean,
): Promise<MaintenanceState> {
  if (live && tx.now >= Number(window.from_at)) return was === 'planned' ? begin(tx, node, window) : was;
  if (node.out_window_id === window.id) await bringBack(tx, node, window);
  return live ? 'planned' : 'over';
}

/** What people took out of service themselves is theirs to take back. */
async function begin(tx: Tx, node: NodeNow, window: MaintenanceRow): Promise<MaintenanceState> {
  if (node.out_for !== null || ['maintenance', 'deprovisioning', 'host'].includes(node.state)) return 'left';
  await takeOut(tx, node.id, 'maintenance', window.reason, window.id);
  const where = { placeId: node.place_id, nodeId: node.id };
  await queueTask(tx, { action: 'tomaintenance', targetType: 'node', targetId: node.id }, where);
  await wakeTask(tx, 'tomaintenance', 'node', node.id);
  await wakeTask(tx, 'heal', 'place', node.place_id);
  await addEvent(tx, {
    kind: 'maintenance-began',
    nodeId: node.id,
    data: { window: window.id, reason: window.reason },
  });
  return 'out';
}

/** Into service, or over to another window that has begun and lasts. */
async function bringBack(tx: Tx, node: NodeNow, window: MaintenanceRow): Promise<void> {
  const [other] = await tx.rows<{ id: number }>(
    `SELECT w.id FROM maintenance_nodes m JOIN maintenance_windows w ON w.id = m.window_id
       WHERE m.node_id = ? AND m.window_id <> ? AND m.state IN ('left', 'out') AND w.ended_at IS NULL AND w.from_at <= ? AND w.until_at > ?
       ORDER BY w.until_at DESC LIMIT 1`,
    [node.id, window.id, tx.now, tx.now],
  );
  if (other) {
    await tx.table('nodes').where({ id: node.id }).update({ out_window_id: other.id });
    await tx
      .table('maintenance_nodes')
      .where({ window_id: other.id, node_id: node.id })
      .update({ state: 'out' });
    return;
  }
  await takeBack(tx, node.id);
  const where = { placeId: node.place_id, nodeId: node.id };
  const action = node.load_no === 0 ? 'commission' : 'reload';
  await queueTask(tx, { action, targetType: 'node', targetId: node.id }, where);
  await addEvent(tx, { kind: 'maintenance-over', nodeId: node.id, data: { window: window.id } });
}

/** When the next of a window's moments comes: its warning, its beginning, its end. Null: none is open. */
export async function nextOfWindows(reader: Reader, warnBefore: number): Promise<number | null> {
  const rows = await reader.rows<{ from_at: number; until_at: number }>(
    `SELECT from_at, until_at FROM maintenance_windows WHERE ${open}`,
    [reader.now],
  );
  const moments = rows.flatMap((row) => [
    Number(row.from_at) - warnBefore,
    Number(row.from_at),
    Number(row.until_at),
  ]);
  const coming = moments.filter((at) => at > reader.now);
  return coming.length > 0 ? Math.min(...coming) : null;
}
