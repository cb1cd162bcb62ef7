import type { NodeState, OutFor, PowerState } from '../../src/domain/states.ts';
import { marks } from '../marks.ts';
import type { Reader } from '../transaction.ts';

/** The last order to a node, the task that was queued for it, and the node as it is now. */
export interface OrderedNodeRow {
  node_id: number;
  /** What was ordered, as JSON. */
  data: string;
  task_status: 'queued' | 'running' | 'done' | 'failed' | null;
  task_result: string | null;
  /** Null: the node is gone. */
  state: NodeState | null;
  failure: string | null;
  power: PowerState;
  out_for: OutFor | null;
  next_image_id: number | null;
  image_name: string | null;
  revision_number: number | null;
  user_name: string | null;
  end_at: number | null;
}

/** Of those of these nodes that were ordered something. */
export async function orderedNodeRows(reader: Reader, nodeIds: readonly number[]): Promise<OrderedNodeRow[]> {
  if (nodeIds.length === 0) return [];
  const rows = await reader.rows<OrderedNodeRow>(
    `SELECT e.node_id, e.data, t.status AS task_status, t.result AS task_result, n.state, n.failure, n.power, n.out_for, n.next_image_id,
        i.name AS image_name, v.number AS revision_number, u.name AS user_name, r.end_at
       FROM events e LEFT JOIN tasks t ON t.id = e.task_id LEFT JOIN nodes n ON n.id = e.node_id
         LEFT JOIN image_revisions v ON v.id = n.revision_id LEFT JOIN images i ON i.id = v.image_id
         LEFT JOIN allocations a ON a.id = (SELECT MIN(b.id) FROM allocations b JOIN reservations l ON l.id = b.reservation_id AND l.live = 1
           WHERE b.node_id = n.id AND b.released_at IS NULL AND b.state IN ('loading', 'ready', 'inuse'))
         LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN users u ON u.id = r.user_id
       WHERE e.id IN (SELECT MAX(o.id) FROM events o WHERE o.kind = 'node-order' AND o.node_id IN (${marks(nodeIds)}) GROUP BY o.node_id)`,
    nodeIds,
  );
  return rows.map((row) => ({ ...row, end_at: row.end_at === null ? null : Number(row.end_at) }));
}
