import type { CleanedDisk } from '../../src/domain/contracts/facts.ts';
import { day } from '../../src/domain/time.ts';
import type { Tx } from '../transaction.ts';

const keptFor = 400 * day;

/** Keeps what came of each disk of a node. */
export async function addCleanedDisks(tx: Tx, nodeId: number, disks: readonly CleanedDisk[]): Promise<void> {
  await tx.change('DELETE FROM cleaned_disks WHERE node_id = ? AND at < ?', [nodeId, tx.now - keptFor]);
  for (const { name, model, serial, bytes, result, method, seconds, says } of disks) {
    const facts = { name, model, serial, bytes, result, method, seconds, says };
    await tx.table('cleaned_disks').insert({ node_id: nodeId, at: tx.now, ...facts });
  }
}
