import type { StateWriter } from '../../../src/domain/contracts/state-writer.ts';
import type { Inventory } from '../../../src/domain/inventory.ts';

/** Keeps what a node was found to be made of; what has changed since the last look is told in its history. */
export async function keepInventory(writer: StateWriter, nodeId: number, found: Inventory): Promise<void> {
  const changes = await writer.keepInventory(nodeId, found);
  if (changes.length > 0) await writer.event('inventory-changed', { changes });
}
