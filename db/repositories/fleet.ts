import { marks } from '../marks.ts';
import type { Tx } from '../transaction.ts';
import { releaseAllClosings } from './closings.ts';
import { insertRows } from './insert-rows.ts';
import { removeOccupancy } from './occupancy.ts';

export interface NewNode {
  readonly name: string;
  readonly poolId: number;
  readonly placeId: number;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly mac: string;
  /** What it holds while nobody needs it. */
  readonly imageId: number;
  readonly rack?: string | null;
  readonly unit?: number | null;
}

/** Nodes that are not in service yet: commissioning takes them there. Their ids, in the same order. */
export async function insertNodes(tx: Tx, nodes: readonly NewNode[]): Promise<number[]> {
  const rows = nodes.map((node) => ({
    name: node.name,
    pool_id: node.poolId,
    place_id: node.placeId,
    state: 'reloading',
    cpus: node.cpus,
    memory_mb: node.memoryMb,
    disk_mb: node.diskMb,
    mac: node.mac,
    preferred_image_id: node.imageId,
    rack: node.rack ?? null,
    rack_unit: node.unit ?? null,
    host_keys: '[]',
    state_at: tx.now,
    created_at: tx.now,
  }));
  await insertRows(tx, 'nodes', rows);
  const found = await tx.rows<{ id: number; name: string }>(
    `SELECT id, name FROM nodes WHERE name IN (${marks(nodes)})`,
    nodes.map(({ name }) => name),
  );
  const ids = new Map(found.map(({ id, name }) => [name, id]));
  return nodes.map(({ name }) => ids.get(name) as number);
}

export async function nodesOfPool(
  tx: Tx,
  poolId: number,
): Promise<{ id: number; name: string; mac: string }[]> {
  return tx.table('nodes').select('id', 'name', 'mac').where({ pool_id: poolId }).orderBy('id');
}

/**
 * Removes a node that nobody has, will have or works on, with its free quarters and its waiting tasks. False when it is
 * needed: nothing has changed then. `ownTaskId` is the task that removes it. What it still holds on its backend is removed by reconcile.
 */
export async function removeIdleNode(tx: Tx, id: number, ownTaskId = 0): Promise<boolean> {
  return tx.savepoint(async () => {
    await releaseAllClosings(tx, id);
    const removed = await tx.change(
      `DELETE FROM nodes WHERE id = ? AND state IN ('available', 'reloading', 'failed', 'maintenance', 'deprovisioning')
         AND NOT EXISTS (SELECT 1 FROM tasks t WHERE t.node_id = nodes.id AND t.status = 'running' AND t.id <> ?)
         AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.node_id = nodes.id AND a.released_at IS NULL)`,
      [id, ownTaskId],
    );
    if (removed !== 1 || !(await removeOccupancy(tx, id))) return false;
    for (const table of ['node_hardware', 'cleaned_disks', 'node_commissions'])
      await tx.table(table).where({ node_id: id }).delete();
    await tx
      .table('tasks')
      .where({ node_id: id, status: 'queued' })
      .update({ status: 'done', result: 'the node is gone', open_key: null, ended_at: tx.now });
    return true;
  });
}
