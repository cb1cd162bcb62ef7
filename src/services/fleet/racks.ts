import { loadRows } from '../../../db/queries/loads.ts';
import { nodeRows } from '../../../db/queries/nodes.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { NodesRequest } from '../services.ts';
import type { LoadView, SignedIn } from '../views.ts';
import { loadViews } from './loads.ts';

/** More than are loaded at once anywhere. */
const mostLoads = 1_000;

export async function runningLoads(deps: ServiceDeps, me: SignedIn): Promise<readonly LoadView[]> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) =>
    loadViews(reader, await loadRows(reader, { outcome: 'running' }, { limit: mostLoads })),
  );
}

export async function watchNodes(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, ...part }: NodesRequest,
  changed: () => void,
): Promise<() => void> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  const pulse = everySecond(async (reader) => {
    const nodes = await nodeRows(reader, filter, part);
    const loads = await loadRows(reader, { outcome: 'running' }, { limit: mostLoads });
    const going = loads.length > 0 ? reader.now : null;
    return JSON.stringify([
      going,
      nodes.map((node) => [node.id, node.version, node.state, node.power, node.out_for, node.user_name]),
    ]);
  });
  return watch(deps.db, `nodes ${JSON.stringify([filter, part])}`, pulse, changed);
}
