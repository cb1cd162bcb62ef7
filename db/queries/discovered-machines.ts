import type { Reader } from '../transaction.ts';

export interface DiscoveredRow {
  id: number;
  pool_id: number;
  pool_name: string;
  mac: string;
  first_at: number;
  last_at: number;
  times: number;
  inventory: string | null;
  ignored_at: number | null;
}

/** After an id, in order of ids. What became a node is none from that moment. */
export function discoveredRows(reader: Reader, after: number, limit: number): Promise<DiscoveredRow[]> {
  return reader.rows(
    `SELECT d.*, p.name AS pool_name FROM discovered_machines d JOIN pools p ON p.id = d.pool_id
       WHERE d.id > ? AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.mac = d.mac) ORDER BY d.id LIMIT ?`,
    [after, limit],
  );
}

/** How many wait for somebody to name or to ignore them. */
export async function countDiscovered(reader: Reader): Promise<number> {
  const [row] = await reader.rows<{ n: number }>(
    `SELECT COUNT(*) AS n FROM discovered_machines d
       WHERE d.ignored_at IS NULL AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.mac = d.mac)`,
    [],
  );
  return Number(row?.n ?? 0);
}
