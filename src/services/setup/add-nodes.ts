import { createHash } from 'node:crypto';
import { addNode, type NewNode } from '../../../db/repositories/fleet.ts';
import { materialiseHorizon } from '../../../db/repositories/occupancy.ts';
import { insertTask } from '../../../db/repositories/tasks.ts';
import type { Tx } from '../../../db/transaction.ts';

/** Adds nodes with their free quarters for the whole horizon, and queues what takes each into service. */
export async function addNodes(
  tx: Tx,
  installation: string,
  nodes: readonly (Omit<NewNode, 'mac'> & { readonly mac?: string })[],
): Promise<number[]> {
  const ids: number[] = [];
  for (const node of nodes) {
    const id = await addNode(tx, { ...node, mac: node.mac ?? macOf(installation, node.name) });
    const task = { action: 'commission', targetType: 'node', targetId: id } as const;
    await insertTask(tx, task, { placeId: node.placeId, nodeId: id });
    ids.push(id);
  }
  await materialiseHorizon(tx, ids);
  return ids;
}

/** A locally administered address: the same for the same node, another in every installation. */
export function macOf(installation: string, name: string): string {
  const digest = createHash('sha256').update(`${installation} ${name}`).digest();
  return ['02', ...[...digest.subarray(0, 5)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
