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

/** What was timed: a step of an image in a pool. */
export interface TimedStep {
  readonly imageId: number;
  readonly poolId: number;
  readonly step: string;
}

/** As many parts as one statement takes on either engine. */
const mostParts = 400;

/** The last fifty of each in milliseconds, newest first, in the order of what was asked: one statement for up to 400. */
export async function lastLoadTimes(reader: Reader, asked: readonly TimedStep[]): Promise<number[][]> {
  const times: number[][] = asked.map(() => []);
  for (let from = 0; from < asked.length; from += mostParts) {
    const part = asked.slice(from, from + mostParts);
    const one = `SELECT * FROM (SELECT ? AS place, milliseconds FROM load_times
      WHERE image_id = ? AND pool_id = ? AND step = ? ORDER BY id DESC LIMIT ${kept}) t`;
    const rows = await reader.rows<{ place: number; milliseconds: number }>(
      part.map(() => one).join(' UNION ALL '),
      part.flatMap(({ imageId, poolId, step }, index) => [from + index, imageId, poolId, step]),
    );
    for (const row of rows) times[Number(row.place)]?.push(row.milliseconds);
  }
  return times;
}
