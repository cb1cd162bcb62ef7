import type { NodeState } from '../../src/domain/states.ts';
import type { NodeRow } from '../rows.ts';
import type { Reader } from '../transaction.ts';
import { naturally } from './conditions.ts';
import { conditionsOf, type NodeFilter } from './node-filter.ts';

/** A node with what its place in a list shows. */
export interface NodeListRow extends NodeRow {
  pool_name: string;
  pool_module: string;
  image_name: string | null;
  revision_number: number | null;
  reservation_id: number | null;
  user_name: string | null;
}

/** Whoever has it now; its one binding is the present: what is booked for later is not looked at. */
const holder = `LEFT JOIN allocations a ON a.id = (SELECT MIN(b.id) FROM allocations b
       WHERE b.node_id = n.id AND b.released_at IS NULL AND b.hold_from <= ? AND b.state IN ('loading', 'ready', 'inuse', 'ending'))
    LEFT JOIN reservations r ON r.id = a.reservation_id LEFT JOIN users u ON u.id = r.user_id`;
const joined = `FROM nodes n JOIN pools p ON p.id = n.pool_id
    LEFT JOIN image_revisions v ON v.id = n.revision_id LEFT JOIN images i ON i.id = v.image_id
    ${holder}`;
const columns = `n.*, p.name AS pool_name, p.module AS pool_module, i.name AS image_name, v.number AS revision_number,
    r.id AS reservation_id, u.name AS user_name`;

type NodeSort = 'name' | 'state' | 'image' | 'pool' | 'power' | 'user' | 'since';

export async function nodeRow(reader: Reader, id: number): Promise<NodeListRow | null> {
  return (
    (await reader.rows<NodeListRow>(`SELECT ${columns} ${joined} WHERE n.id = ?`, [reader.now, id]))[0] ??
    null
  );
}

/** After an id, by id. */
export function nodeRowsAfter(
  reader: Reader,
  filter: NodeFilter,
  after: number,
  limit: number,
): Promise<NodeListRow[]> {
  const where = conditionsOf(reader, filter);
  return reader.rows(`SELECT ${columns} ${joined} WHERE n.id > ? AND ${where.sql} ORDER BY n.id LIMIT ?`, [
    reader.now,
    after,
    ...where.bindings,
    limit,
  ]);
}

interface Part {
  readonly sort: NodeSort;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export async function nodeRows(reader: Reader, filter: NodeFilter, part: Part): Promise<NodeListRow[]> {
  const where = conditionsOf(reader, filter);
  return reader.rows(
    `SELECT ${columns} ${joined} WHERE ${where.sql} ORDER BY ${orderOf(reader, part)} LIMIT ? OFFSET ?`,
    [reader.now, ...where.bindings, part.limit, part.offset],
  );
}

/** How many there are in each state; the filter's own state is left out, so that another one can be chosen. */
export async function countNodes(
  reader: Reader,
  filter: NodeFilter,
): Promise<{ state: NodeState; n: number }[]> {
  const where = conditionsOf(reader, { ...filter, state: undefined });
  const rows = await reader.rows<{ state: NodeState; n: number }>(
    `SELECT n.state, COUNT(*) AS n ${filter.search ? joined : fewJoins(filter)} WHERE ${where.sql} GROUP BY n.state`,
    [...(filter.search ? [reader.now] : []), ...where.bindings],
  );
  return rows.map(({ state, n }) => ({ state, n: Number(n) }));
}

/** Without a search nobody's name is needed. */
function fewJoins({ image }: NodeFilter): string {
  const images =
    'LEFT JOIN image_revisions v ON v.id = n.revision_id LEFT JOIN images i ON i.id = v.image_id';
  return `FROM nodes n JOIN pools p ON p.id = n.pool_id ${image ? images : ''}`;
}

function orderOf(reader: Reader, { sort, descending }: Part): string {
  const way = descending ? 'DESC' : 'ASC';
  const byName = naturally(reader, 'n.name', sort === 'name' ? way : 'ASC');
  const first: Readonly<Record<NodeSort, string>> = {
    name: '',
    state: 'n.state',
    image: 'i.name',
    pool: 'p.name',
    power: 'n.power',
    user: 'u.name',
    since: 'n.state_at',
  };
  if (sort === 'name') return byName;
  const column = first[sort];
  // those that have none come last, whichever way it goes
  return `CASE WHEN ${column} IS NULL THEN 1 ELSE 0 END, ${column} ${way}, ${byName}`;
}
