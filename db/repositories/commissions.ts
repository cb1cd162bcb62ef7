import type { CommissionEnd } from '../../src/domain/contracts/state-writer.ts';
import { type Inventory, inventoryChanges } from '../../src/domain/inventory.ts';
import type { Tx } from '../transaction.ts';

/** Why a node is out of service that was taken out for it. */
export const whileCommissioned = 'It is being commissioned.';

/** One that has not ended; a node has one at most. */
const open = 'node_id = ? AND ended_at IS NULL';

/**
 * Asks for a node to be commissioned; `back`: it comes into service when it passes, which stays wanted of one that did not pass the
 * last time. False when it is asked for already.
 */
export async function askCommission(
  tx: Tx,
  nodeId: number,
  { by, back }: { readonly by: number | null; readonly back: boolean },
): Promise<boolean> {
  const [last] = await tx.rows<{ back: number; outcome: string | null }>(
    'SELECT back, outcome FROM node_commissions WHERE node_id = ? ORDER BY id DESC LIMIT 1',
    [nodeId],
  );
  if (last && last.outcome === null) return false;
  const wanted = back || (last?.outcome === 'failed' && last.back === 1);
  const row = { node_id: nodeId, asked_at: tx.now, asked_by: by, back: wanted ? 1 : 0 };
  await tx.insert('node_commissions', row);
  return true;
}

export async function beginCommission(tx: Tx, nodeId: number): Promise<{ readonly back: boolean } | null> {
  const [row] = await tx.rows<{ id: number; back: number; began_at: number | null }>(
    `SELECT id, back, began_at FROM node_commissions WHERE ${open}`,
    [nodeId],
  );
  if (!row) return null;
  if (row.began_at === null)
    await tx.table('node_commissions').where({ id: row.id }).update({ began_at: tx.now });
  return { back: row.back === 1 };
}

export async function endCommission(
  tx: Tx,
  nodeId: number,
  { outcome, says, parts }: CommissionEnd,
): Promise<void> {
  await tx.change(
    `UPDATE node_commissions SET ended_at = ?, outcome = ?, says = ?, parts = ? WHERE ${open}`,
    [tx.now, outcome, says, JSON.stringify(parts), nodeId],
  );
  if (outcome === 'failed')
    await tx
      .table('nodes')
      .where({ id: nodeId, out_because: whileCommissioned })
      .update({ out_because: 'It did not pass its commissioning.' });
}

/** A kernel keeps a part of the memory for itself: less than what was put in is found always. */
const memoryShare = 0.85;

export async function keepInventory(tx: Tx, nodeId: number, found: Inventory): Promise<readonly string[]> {
  const [row] = await tx.rows<{ inventory: string | null; cpus: number; memory_mb: number; disk_mb: number }>(
    'SELECT h.inventory, n.cpus, n.memory_mb, n.disk_mb FROM nodes n JOIN node_hardware h ON h.node_id = n.id WHERE n.id = ?',
    [nodeId],
  );
  if (!row) return [];
  const text = JSON.stringify(found);
  if (text === row.inventory) return [];
  await tx.table('node_hardware').where({ node_id: nodeId }).update({ inventory: text });
  const disk = found.disks.find(({ removable, sectors }) => !removable && sectors > 0);
  const diskMb = Math.floor((disk?.sectors ?? 0) / 2048);
  await tx
    .table('nodes')
    .where({ id: nodeId })
    .update({
      cpus: Math.min(row.cpus, Math.max(1, found.cpus)),
      memory_mb: found.memoryMb < memoryShare * row.memory_mb ? found.memoryMb : row.memory_mb,
      disk_mb: diskMb > 0 ? Math.min(row.disk_mb, diskMb) : row.disk_mb,
    });
  return row.inventory === null ? [] : inventoryChanges(JSON.parse(row.inventory) as Inventory, found);
}
