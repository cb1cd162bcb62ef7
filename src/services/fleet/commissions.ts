import { commissionRows, inspectProgress } from '../../../db/queries/commissions.ts';
import type { Reader } from '../../../db/transaction.ts';
import { type Inventory, inventoryLines } from '../../domain/inventory.ts';
import type { CommissionView, NodeDetailView } from '../views.ts';

const lastCommissions = 5;

/** What a bare-metal node is made of, and what came of its commissions. */
export async function commissionsOf(
  reader: Reader,
  nodeId: number,
  inventory: string | null,
): Promise<Pick<NodeDetailView, 'inventory' | 'commissions' | 'inspecting'>> {
  const rows = await commissionRows(reader, nodeId, lastCommissions);
  const progress = await inspectProgress(reader, nodeId);
  return {
    inventory: inventory === null ? [] : inventoryLines(JSON.parse(inventory) as Inventory),
    commissions: rows.map((row) => ({
      ...{ id: row.id, askedAt: Number(row.asked_at), by: row.asked_by_name },
      ...{ beganAt: numberOrNull(row.began_at), endedAt: numberOrNull(row.ended_at) },
      ...{ outcome: row.outcome, says: row.says },
      parts: row.parts === null ? [] : (JSON.parse(row.parts) as CommissionView['parts']),
    })),
    inspecting: progress && { step: progress.step, fraction: progress.fraction ?? null },
  };
}

function numberOrNull(value: number | null): number | null {
  return value === null ? null : Number(value);
}
