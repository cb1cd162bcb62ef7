import type { Situation } from '../../../src/domain/contracts/situation.ts';
import type { StateWriter } from '../../../src/domain/contracts/state-writer.ts';

/** It is out of order until a reload brings it back. */
export async function breakNode(writer: StateWriter, { node }: Situation, because: string): Promise<void> {
  if (!node) return;
  await writer.patchNode(node.id, { state: 'failed', failure: because });
  const runAfter = writer.now + 10_000;
  await writer.queue({ action: 'reload', targetType: 'node', targetId: node.id, runAfter });
}
