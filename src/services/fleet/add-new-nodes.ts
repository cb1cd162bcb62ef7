import { marks } from '../../../db/marks.ts';
import { bmcsInUse } from '../../../db/queries/node-hardware.ts';
import { askCommission, whileCommissioned } from '../../../db/repositories/commissions.ts';
import { addEvents } from '../../../db/repositories/events.ts';
import { findInstallation } from '../../../db/repositories/installation.ts';
import { addHardware, type NewHardware } from '../../../db/repositories/node-hardware.ts';
import { takeOut } from '../../../db/repositories/node-orders.ts';
import { guardPool } from '../../../db/repositories/pools.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { NewNodesRequest, Once } from '../services.ts';
import { addNodes } from '../setup/add-nodes.ts';
import type { NewNodeView, SignedIn } from '../views.ts';
import { bmcKey } from './plan-hardware.ts';
import { planNodes } from './plan-nodes.ts';

/** Each has a row for every day of the horizon: so many write the same pages once, and hold up nobody for long. */
const together = 250;

/**
 * Adds those with nothing wrong; what came of each is in the rows, of those too that could not be added any more because
 * something went wrong between. Asked again with the same key it adds what is still missing.
 */
export async function addNewNodes(
  deps: ServiceDeps,
  me: SignedIn,
  request: NewNodesRequest,
  once: Once = {},
): Promise<NewNodeView[]> {
  const first = await planNodes(deps, me, request);
  const asked = ['add-nodes', JSON.stringify(request)] as const;
  const { repeated } = await inTransaction(deps.db, (tx) => doOnce(tx, me, once, asked, async () => null));
  const plan = repeated ? await planNodes(deps, me, request, true) : first;
  const rows = plan.map(({ row }) => row);
  const missing = rows.filter(({ id, problems }) => id === undefined && problems.length === 0);
  const hardware = new Map(plan.map((one) => [one.row, one.hardware && sealed(deps, one.hardware)]));
  const came = await addAll(
    deps,
    { me, pool: request.pool, commission: request.commission === true, hardware },
    missing,
  );
  return rows.map((row) => came.get(row) ?? row);
}

function sealed({ cipher }: ServiceDeps, hardware: NewHardware): NewHardware {
  return { ...hardware, bmcPassword: cipher.seal(hardware.bmcPassword) };
}

/** What all of them have in common, and what each has of bare metal. */
interface Adding {
  readonly me: SignedIn;
  readonly pool: string;
  readonly commission: boolean;
  /** With the password sealed. */
  readonly hardware: ReadonlyMap<NewNodeView, NewHardware | null>;
}

/** What came of each. Throws only when none was added. */
async function addAll(
  deps: ServiceDeps,
  adding: Adding,
  rows: readonly NewNodeView[],
): Promise<Map<NewNodeView, NewNodeView>> {
  const installation = (await findInstallation(deps.db))?.uuid ?? '';
  const came = new Map<NewNodeView, NewNodeView>();
  for (let from = 0; from < rows.length; from += together) {
    const some = rows.slice(from, from + together);
    try {
      const added = await inTransaction(deps.db, (tx) => addSome(tx, installation, adding, some));
      for (const [index, row] of some.entries()) came.set(row, added[index] ?? row);
    } catch (error) {
      if (from === 0) throw error;
      const problems = [whyNot(deps, error)];
      for (const row of rows.slice(from)) came.set(row, { ...row, problems });
      break;
    }
  }
  return came;
}

function whyNot(deps: ServiceDeps, error: unknown): string {
  if (error instanceof LabError) return `Not added: ${error.message}`;
  deps.log.error({ err: error }, 'some of many nodes could not be added');
  return 'Not added: something went wrong on our side.';
}

async function addSome(
  tx: Tx,
  installation: string,
  { me, pool: poolName, commission, hardware }: Adding,
  rows: readonly NewNodeView[],
): Promise<NewNodeView[]> {
  const pool = await guardPool(tx, poolName);
  if (!pool) throw invalid('pool', 'There is no such pool.');
  const { taken, bmcs, images } = await meanwhile(tx, rows);
  const free = rows.flatMap((row) => {
    const imageId = images.get(row.image);
    const isFree =
      !taken.has(row.name.toLowerCase()) &&
      (row.mac === null || !taken.has(row.mac)) &&
      !bmcs.has(row.bmc ?? '');
    return isFree && imageId !== undefined ? [{ row, imageId }] : [];
  });
  const nodes = free.map(({ row: { name, cpus, memoryMb, diskMb, mac, rack, unit }, imageId }) => ({
    ...{ rack, unit },
    ...{ name, cpus, memoryMb, diskMb, imageId, poolId: pool.id, placeId: pool.place_id },
    ...(mac === null ? {} : { mac }),
  }));
  const ids = await addNodes(tx, installation, nodes);
  const added = new Map(free.map(({ row }, index) => [row, ids[index]]));
  for (const [row, id] of added) {
    const metal = hardware.get(row);
    if (metal && id !== undefined) await addHardware(tx, id, metal);
    if (metal && id !== undefined && commission)
      await commissionFirst(tx, me, { id, placeId: pool.place_id });
  }
  const events = nodes.map(({ name }, index) => ({ nodeId: ids[index] ?? null, data: { name } }));
  await addEvents(
    tx,
    events.map((event) => ({ kind: 'node-added', actorId: me.id, ...event })),
  );
  return rows.map((row) => {
    const id = added.get(row);
    return id === undefined ? { ...row, problems: [takenMeanwhile] } : { ...row, id };
  });
}

/** It is out of service until it has passed. */
async function commissionFirst(
  tx: Tx,
  me: SignedIn,
  { id, placeId }: { readonly id: number; readonly placeId: number },
): Promise<void> {
  await takeOut(tx, id, 'maintenance', whileCommissioned);
  await tx.table('nodes').where({ id }).update({ state: 'maintenance' });
  await askCommission(tx, id, { by: me.id, back: true });
  await queueTask(tx, { action: 'inspect', targetType: 'node', targetId: id }, { placeId, nodeId: id });
}

const takenMeanwhile = 'Its name or its address was taken meanwhile.';

/** Names, addresses and BMCs that others have by now, and the images that are still there. */
async function meanwhile(tx: Tx, rows: readonly NewNodeView[]) {
  const names = rows.map(({ name }) => name);
  const macs = rows.flatMap(({ mac }) => mac ?? []);
  const titles = [...new Set(rows.map(({ image }) => image))];
  const others = await tx.rows<{ name: string; mac: string }>(
    `SELECT name, mac FROM nodes WHERE name IN (${marks(names)})${macs.length > 0 ? ` OR mac IN (${marks(macs)})` : ''}`,
    [...names, ...macs],
  );
  const images = await tx.rows<{ id: number; name: string }>(
    `SELECT id, name FROM images WHERE name IN (${marks(titles)})`,
    titles,
  );
  return {
    taken: new Set(others.flatMap(({ name, mac }) => [name.toLowerCase(), mac])),
    bmcs: new Set(rows.some(({ bmc }) => bmc !== null) ? (await bmcsInUse(tx)).map(bmcKey) : []),
    images: new Map(images.map(({ id, name }) => [name, id])),
  };
}
