import type { PoolRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';

/** A pool with how many nodes it has. */
export interface PoolListRow extends PoolRow {
  nodes: number;
  available: number | null;
}

const select = (where: string) =>
  `SELECT p.*, COUNT(n.id) AS nodes, SUM(CASE WHEN n.state = 'available' THEN 1 ELSE 0 END) AS available
     FROM pools p LEFT JOIN nodes n ON n.pool_id = p.id WHERE ${where} GROUP BY p.id`;

/** After an id, by id. */
export function poolRowsAfter(reader: Reader, after: number, limit: number): Promise<PoolListRow[]> {
  return reader.rows(`${select('p.id > ?')} ORDER BY p.id LIMIT ?`, [after, limit]);
}

export async function poolNames(reader: Reader): Promise<Map<number, string>> {
  const rows = await reader.rows<{ id: number; name: string }>('SELECT id, name FROM pools');
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export type PoolSort = 'name' | 'module' | 'nodes' | 'available' | 'reach';

interface Part {
  readonly sort: PoolSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

const orders = {
  name: 'p.name',
  module: 'p.module',
  nodes: 'nodes',
  available: 'available',
  reach: 'p.reach',
} as const satisfies Record<PoolSort, string>;

export function poolRows(reader: Reader, { sort, descending, offset, limit }: Part): Promise<PoolListRow[]> {
  const order = `${orders[sort]} ${descending ? 'DESC' : 'ASC'}, p.id`;
  return reader.rows(`${select('1 = 1')} ORDER BY ${order} LIMIT ? OFFSET ?`, [limit, offset]);
}

export async function countPools(reader: Reader): Promise<number> {
  const [row] = await reader.rows<{ n: number }>('SELECT COUNT(*) AS n FROM pools');
  return Number(row?.n ?? 0);
}
