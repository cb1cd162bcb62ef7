import { modelOf } from '../../src/domain/machine-model.ts';
import type { Reader, Tx } from '../transaction.ts';

const kept = 50;

/** Keeps how long a step took, in milliseconds; `model`: of which kind the machine is, empty where nobody knows. */
export async function addLoadTime(
  tx: Tx,
  imageId: number,
  poolId: number,
  step: string,
  milliseconds: number,
  model = '',
): Promise<void> {
  const took = { milliseconds: Math.round(milliseconds), at: tx.now };
  await tx.table('load_times').insert({ image_id: imageId, pool_id: poolId, step, model, ...took });
}

/** The same, of a node: its pool, and which model it is, are read. */
export async function addNodeTime(tx: Tx, { imageId, nodeId, step, milliseconds }: NodeTime): Promise<void> {
  const [node] = await tx.rows<{ pool_id: number; bmc_info: string | null }>(
    'SELECT n.pool_id, h.bmc_info FROM nodes n LEFT JOIN node_hardware h ON h.node_id = n.id WHERE n.id = ?',
    [nodeId],
  );
  if (node) await addLoadTime(tx, imageId, node.pool_id, step, milliseconds, modelOf(node.bmc_info));
}

interface NodeTime {
  readonly imageId: number;
  readonly nodeId: number;
  readonly step: string;
  readonly milliseconds: number;
}

/** What was timed: a step of an image in a pool. */
export interface TimedStep {
  readonly imageId: number;
  readonly poolId: number;
  readonly step: string;
  /** Only of this model of machine. */
  readonly model?: string;
}

/** As many parts as one statement takes on either engine. */
const mostParts = 400;

/** The last fifty of each in milliseconds, newest first, in the order of what was asked: one statement for up to 400. */
export async function lastLoadTimes(reader: Reader, asked: readonly TimedStep[]): Promise<number[][]> {
  const times: number[][] = asked.map(() => []);
  for (let from = 0; from < asked.length; from += mostParts) {
    const part = asked.slice(from, from + mostParts);
    const one = ({ model }: TimedStep) => `SELECT * FROM (SELECT ? AS place, milliseconds FROM load_times
      WHERE image_id = ? AND pool_id = ? AND step = ?${model === undefined ? '' : ' AND model = ?'} ORDER BY id DESC LIMIT ${kept}) t`;
    const rows = await reader.rows<{ place: number; milliseconds: number }>(
      part.map(one).join(' UNION ALL '),
      part.flatMap(({ imageId, poolId, step, model }, index) => [
        ...[from + index, imageId, poolId, step],
        ...(model === undefined ? [] : [model]),
      ]),
    );
    for (const row of rows) times[Number(row.place)]?.push(row.milliseconds);
  }
  return times;
}
