import { createHash } from 'node:crypto';
import { insertNodes, type NewNode } from '../../../db/repositories/fleet.ts';
import { materialiseHorizon } from '../../../db/repositories/occupancy.ts';
import { insertTasks } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';

/** Adds nodes with their free quarters for the whole horizon, and queues what takes each into service. Their ids, in the same order. */
export async function addNodes(
  tx: Tx,
  installation: string,
  nodes: readonly (Omit<NewNode, 'mac'> & { readonly mac?: string })[],
): Promise<number[]> {
  if (nodes.length === 0) return [];
  const ids = await insertNodes(
    tx,
    nodes.map((node) => ({ ...node, mac: node.mac ?? macOf(installation, node.name) })),
  );
  const tasks = nodes.map(({ placeId }, index) => {
    const nodeId = ids[index] as number;
    const task = { action: 'commission', targetType: 'node', targetId: nodeId } as const;
    return { task, where: { placeId, nodeId } };
  });
  await insertTasks(tx, tasks);
  await materialiseHorizon(tx, ids);
  return ids;
}

/** A locally administered address: the same for the same node, another in every installation. */
export function macOf(installation: string, name: string): string {
  const digest = createHash('sha256').update(`${installation} ${name}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
