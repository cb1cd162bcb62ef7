import type { Reader, Tx } from '../transaction.ts';

const kept = 50;

/** Keeps how long a step took, in milliseconds. */
export async function addLoadTime(
  tx: Tx,
  imageId: number,
  poolId: number,
  step: string,
  milliseconds: number,
): Promise<void> {
  await tx
    .table('load_times')
    .insert({ image_id: imageId, pool_id: poolId, step, milliseconds: Math.round(milliseconds), at: tx.now });
}

/** The last fifty, newest first. */
export async function lastLoadTimes(
  reader: Reader,
  imageId: number,
  poolId: number,
  step: string,
): Promise<number[]> {
  const rows = await reader.rows<{ milliseconds: number }>(
    `SELECT milliseconds FROM load_times WHERE image_id = ? AND pool_id = ? AND step = ? ORDER BY id DESC LIMIT ${kept}`,
    [imageId, poolId, step],
  );
  return rows.map((row) => row.milliseconds);
}
