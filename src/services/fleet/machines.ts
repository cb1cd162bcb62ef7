import { countDiscovered } from '../../../db/queries/discovered-machines.ts';
import { countNodes, type NodeListRow, nodeRow, nodeRows, nodeRowsAfter } from '../../../db/queries/nodes.ts';
import { reading } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { NodeFilter, NodesRequest, PageRequest } from '../services.ts';
import type { NodesView, NodeView, Page, SignedIn } from '../views.ts';

/** After a cursor, by id: for programs. */
export async function listNodes(
  deps: ServiceDeps,
  me: SignedIn,
  request: PageRequest & { filter?: NodeFilter },
): Promise<Page<NodeView>> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const after = idOfCursor(request.cursor) ?? 0;
    const rows = await nodeRowsAfter(reader, request.filter ?? {}, after, request.limit + 1);
    return pageOf(rows, request.limit, (row) => nodeView(deps, row));
  });
}

/** Sorted, with how many there are in each state: for people. */
export async function findNodes(
  deps: ServiceDeps,
  me: SignedIn,
  { filter, ...part }: NodesRequest,
): Promise<NodesView> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const rows = await nodeRows(reader, filter, part);
    const states = await countNodes(reader, filter);
    const pools = await reader.rows<{ name: string }>('SELECT name FROM pools ORDER BY name');
    const shown = states.filter(({ state }) => !filter.state || state === filter.state);
    return {
      items: rows.map((row) => nodeView(deps, row)),
      total: shown.reduce((sum, { n }) => sum + n, 0),
      states: states.map(({ state, n }) => ({ state, count: n })),
      pools: pools.map(({ name }) => name),
      discovered: await countDiscovered(reader),
    };
  });
}

export async function getNode(deps: ServiceDeps, me: SignedIn, id: number): Promise<NodeView> {
  if (!may(me, 'node.read')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => {
    const row = await nodeRow(reader, id);
    if (!row) throw new LabError('not-found');
    return nodeView(deps, row);
  });
}

export function nodeView(deps: ServiceDeps, row: NodeListRow): NodeView {
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    power: row.power,
    poolId: row.pool_id,
    pool: row.pool_name,
    image: row.image_name === null ? null : `${row.image_name}-v${row.revision_number}`,
    simulated: deps.descriptors[row.pool_module]?.simulated === true,
    cpus: row.cpus,
    memoryMb: row.memory_mb,
    diskMb: row.disk_mb,
    failure: row.failure,
    failedAt: row.failed_at === null ? null : Number(row.failed_at),
    since: Number(row.state_at),
    leaves: row.out_for,
    because: row.out_because,
    version: row.version,
    reservationId: row.reservation_id,
    user: row.user_name,
    rack: row.rack,
    unit: row.rack_unit,
  };
}

export function pageOf<Row extends { id: number }, Item>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  return { items: shown.map(view), next: rows.length > shown.length ? cursorOf(shown.at(-1)) : null };
}
