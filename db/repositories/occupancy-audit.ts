import { dayMasks } from '../../src/domain/time.ts';
import type { Reader } from '../transaction.ts';

export interface Difference {
  readonly day: number;
  readonly nodeId: number;
}

const auditedAtOnce = 50;

/**
 * The audit: recomputes the bits of `fromDay` and later from the unreleased allocations and returns every row that differs.
 * Empty means that the books are right. Run it in one snapshot (inSnapshot): others go on booking meanwhile. It takes a few
 * nodes at a time, so that this process does other things between.
 */
export async function auditOccupancy(tx: Reader, fromDay: number): Promise<Difference[]> {
  const [last] = await tx.rows<{ node_id: number | null }>(
    `SELECT MAX(node_id) AS node_id FROM
       (SELECT MAX(node_id) AS node_id FROM occupancy UNION ALL SELECT MAX(node_id) AS node_id FROM allocations) known`,
  );
  const differences: Difference[] = [];
  for (let first = 0; first <= (last?.node_id ?? -1); first += auditedAtOnce) {
    differences.push(...(await auditNodes(tx, fromDay, first, first + auditedAtOnce - 1)));
    await new Promise(setImmediate);
  }
  return differences;
}

/** Of the nodes with ids `first` to `last`. */
async function auditNodes(tx: Reader, fromDay: number, first: number, last: number): Promise<Difference[]> {
  const expected = new Map<string, { am: bigint; pm: bigint }>();
  const holds = await tx.rows<{ node_id: number; hold_from: number; hold_until: number }>(
    'SELECT node_id, hold_from, hold_until FROM allocations WHERE node_id BETWEEN ? AND ? AND released_at IS NULL',
    [first, last],
  );
  for (const hold of holds) {
    for (const mask of dayMasks({ from: Number(hold.hold_from), until: Number(hold.hold_until) })) {
      const key = `${mask.day}:${hold.node_id}`;
      const sum = expected.get(key) ?? { am: 0n, pm: 0n };
      expected.set(key, { am: sum.am + BigInt(mask.am), pm: sum.pm + BigInt(mask.pm) });
    }
  }
  const rows = await tx.rows<{ day: number; node_id: number; am: number; pm: number }>(
    'SELECT day, node_id, am, pm FROM occupancy WHERE node_id BETWEEN ? AND ? AND day >= ? AND (am <> 0 OR pm <> 0)',
    [first, last, fromDay],
  );
  const differences: Difference[] = [];
  for (const row of rows) {
    const key = `${row.day}:${row.node_id}`;
    const want = expected.get(key) ?? { am: 0n, pm: 0n };
    if (BigInt(row.am) !== want.am || BigInt(row.pm) !== want.pm)
      differences.push({ day: row.day, nodeId: row.node_id });
    expected.delete(key);
  }
  for (const key of expected.keys()) {
    const [day, nodeId] = key.split(':').map(Number) as [number, number];
    if (day >= fromDay) differences.push({ day, nodeId });
  }
  return differences;
}
