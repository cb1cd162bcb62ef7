import type { Tx } from '../transaction.ts';

/** Draws a free port of a pool's range for an allocation; the one it has already, if it has one. Null when all are taken. */
export async function drawPort(
  tx: Tx,
  allocationId: number,
  placeId: number,
  from: number,
  to: number,
): Promise<number | null> {
  const [own] = await tx.rows<{ user_port: number | null }>(
    'SELECT user_port FROM allocations WHERE id = ?',
    [allocationId],
  );
  if (own?.user_port) return own.user_port;
  const taken = await tx.rows<{ user_port: number }>(
    'SELECT user_port FROM allocations WHERE port_place_id = ? AND user_port BETWEEN ? AND ?',
    [placeId, from, to],
  );
  const used = new Set(taken.map((row) => row.user_port));
  const free = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((port) => !used.has(port));
  const port = free[Math.floor(Math.random() * free.length)];
  if (port === undefined) return null;
  await tx
    .table('allocations')
    .where({ id: allocationId })
    .update({ user_port: port, port_place_id: placeId });
  return port;
}
