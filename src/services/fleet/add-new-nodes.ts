import { addEvent } from '../../../db/repositories/events.ts';
import { findInstallation } from '../../../db/repositories/installation.ts';
import { guardPool } from '../../../db/repositories/pools.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid } from '../../domain/errors.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { NewNodesRequest, Once } from '../services.ts';
import { addNodes } from '../setup/add-nodes.ts';
import type { NewNodeView, SignedIn } from '../views.ts';
import { planNodes } from './plan-nodes.ts';

/** Each has a row for every day of the horizon: so many in one transaction hold up nobody for long. */
const together = 25;

/** Adds those with nothing wrong; what came of each is in the rows. */
export async function addNewNodes(
  deps: ServiceDeps,
  me: SignedIn,
  request: NewNodesRequest,
  once: Once = {},
): Promise<NewNodeView[]> {
  const plan = await planNodes(deps, me, request);
  const asked = ['add-nodes', JSON.stringify(request)] as const;
  const { repeated } = await inTransaction(deps.db, (tx) => doOnce(tx, me, once, asked, async () => null));
  if (repeated) return plan;
  const fine = plan.filter(({ problems }) => problems.length === 0);
  const installation = (await findInstallation(deps.db))?.uuid ?? '';
  const came = new Map<NewNodeView, NewNodeView>();
  for (let first = 0; first < fine.length; first += together) {
    const some = fine.slice(first, first + together);
    const added = await inTransaction(deps.db, (tx) => addSome(tx, me, installation, request.pool, some));
    for (const [index, row] of some.entries()) came.set(row, added[index] ?? row);
  }
  return plan.map((row) => came.get(row) ?? row);
}

async function addSome(
  tx: Tx,
  me: SignedIn,
  installation: string,
  poolName: string,
  rows: readonly NewNodeView[],
): Promise<NewNodeView[]> {
  const pool = await guardPool(tx, poolName);
  if (!pool) throw invalid('pool', 'There is no such pool.');
  const added: NewNodeView[] = [];
  for (const row of rows) {
    const [other] = await tx.rows('SELECT id FROM nodes WHERE name = ? OR mac = ?', [
      row.name,
      row.mac ?? '-',
    ]);
    const [image] = await tx.rows<{ id: number }>('SELECT id FROM images WHERE name = ?', [row.image]);
    if (other || !image) {
      added.push({ ...row, problems: ['Its name or its address was taken meanwhile.'] });
      continue;
    }
    const { name, cpus, memoryMb, diskMb, mac } = row;
    const node = { name, cpus, memoryMb, diskMb, poolId: pool.id, placeId: pool.place_id, imageId: image.id };
    const [id] = await addNodes(tx, installation, [{ ...node, ...(mac === null ? {} : { mac }) }]);
    await addEvent(tx, { kind: 'node-added', actorId: me.id, nodeId: id ?? null, data: { name } });
    added.push({ ...row, id });
  }
  return added;
}
