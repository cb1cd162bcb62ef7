import type { Reader } from '../transaction.ts';

export interface CommissionRow {
  id: number;
  asked_at: number;
  asked_by_name: string | null;
  began_at: number | null;
  ended_at: number | null;
  outcome: 'passed' | 'failed' | null;
  says: string | null;
  parts: string | null;
}

/** The last ones of a node, newest first. */
export function commissionRows(reader: Reader, nodeId: number, limit: number): Promise<CommissionRow[]> {
  return reader.rows(
    `SELECT c.*, u.name AS asked_by_name FROM node_commissions c LEFT JOIN users u ON u.id = c.asked_by
       WHERE c.node_id = ? ORDER BY c.id DESC LIMIT ?`,
    [nodeId, limit],
  );
}

/** How far the task has got that inspects a node now, as it said last; null while none does. */
export async function inspectProgress(
  reader: Reader,
  nodeId: number,
): Promise<{ step: string; fraction?: number } | null> {
  const [row] = await reader.rows<{ data: string }>(
    `SELECT e.data FROM tasks t JOIN events e ON e.task_id = t.id AND e.kind = 'progress'
       WHERE t.run_node = ? AND t.action = 'inspect' ORDER BY e.id DESC LIMIT 1`,
    [nodeId],
  );
  return row ? (JSON.parse(row.data) as { step: string; fraction?: number }) : null;
}
