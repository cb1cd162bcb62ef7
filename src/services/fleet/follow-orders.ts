import { orderedNodeRows } from '../../../db/queries/ordered-nodes.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { OrderOutcomeView, SignedIn } from '../views.ts';
import { outcomeOf } from './order-outcome.ts';

/** What has come of the last order to each of these nodes; those that were ordered nothing are left out. */
export async function followOrders(
  deps: ServiceDeps,
  me: SignedIn,
  nodeIds: readonly number[],
): Promise<OrderOutcomeView[]> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return reading(deps.db, (reader) => outcomes(reader, nodeIds));
}

/** Calls back when one of them has come further. Returns how to stop. */
export async function watchOrders(
  deps: ServiceDeps,
  me: SignedIn,
  nodeIds: readonly number[],
  changed: () => void,
): Promise<() => void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  const pulse = everySecond(async (reader) => JSON.stringify(await outcomes(reader, nodeIds)));
  return watch(deps.db, `orders ${nodeIds.join()}`, pulse, changed);
}

async function outcomes(reader: Reader, nodeIds: readonly number[]): Promise<OrderOutcomeView[]> {
  const rows = await orderedNodeRows(reader, nodeIds);
  return rows.map((row) => ({ nodeId: row.node_id, state: row.state, ...outcomeOf(row, reader.now) }));
}
