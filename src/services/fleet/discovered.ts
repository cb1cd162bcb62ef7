import { type DiscoveredRow, discoveredRows } from '../../../db/queries/discovered-machines.ts';
import { ignoreDiscovered } from '../../../db/repositories/discovered-machines.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { idOfCursor } from '../paging.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { PageRequest } from '../services.ts';
import type { DiscoveredView, Page, SignedIn } from '../views.ts';
import { pageOf } from './machines.ts';

/** The machines that wait for a name, and those that were told to be ignored. */
export async function listDiscovered(
  deps: ServiceDeps,
  me: SignedIn,
  { limit, cursor }: PageRequest,
): Promise<Page<DiscoveredView>> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await discoveredRows(reader, idOfCursor(cursor) ?? 0, limit + 1);
    return pageOf(rows, limit, discoveredView);
  });
}

/** Calls back when one was seen, became a node, or was told to be ignored. Returns how to stop. */
export async function watchDiscovered(
  deps: ServiceDeps,
  me: SignedIn,
  changed: () => void,
): Promise<() => void> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  const pulse = everySecond(async (reader) => JSON.stringify(await discoveredRows(reader, 0, 1000)));
  return watch(deps.db, 'discovered', pulse, changed);
}

/** Says that a machine is none of ours, or takes that back. */
export async function ignoreMachine(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  ignored: boolean,
): Promise<void> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  await inTransaction(deps.db, async (tx) => {
    if (!(await ignoreDiscovered(tx, id, ignored))) throw new LabError('not-found');
    const kind = ignored ? 'discovered-ignored' : 'discovered-shown';
    await addEvent(tx, { kind, actorId: me.id, data: { machine: id } });
  });
}

function discoveredView(row: DiscoveredRow): DiscoveredView {
  return {
    ...{ id: row.id, poolId: row.pool_id, pool: row.pool_name, mac: row.mac, times: row.times },
    ...{ firstAt: Number(row.first_at), lastAt: Number(row.last_at), ignored: row.ignored_at !== null },
  };
}
