import { nodeActionTitles } from '../../../services/services.ts';
import type { NodesView, NodeView } from '../../../services/views.ts';
import type { Clock, When } from '../../clock.ts';
import { type AskedList, addressOf, type ListFrame, type ListKind, listFrame } from '../../list.ts';
import { megabytes } from '../../machine-size.ts';
import { type StateChip, stateChips } from '../../state-chips.ts';
import { type NodeStateWord, nodeStateWords, stateOrder } from './node-words.ts';

type Sort = 'name' | 'state' | 'image' | 'pool' | 'power' | 'user' | 'since';
type Filter = 'search' | 'state' | 'pool' | 'image';

const common = {
  sorts: ['name', 'state', 'image', 'pool', 'power', 'user', 'since'],
  sort: 'name',
  filters: ['search', 'state', 'pool', 'image'],
} as const;
export const nodesTable: ListKind<Sort, Filter> = { ...common, path: '/nodes' };
export const nodesTiles: ListKind<Sort, Filter> = { ...common, path: '/nodes/tiles', perPage: 500 };

/** The same nodes in three ways. */
export type NodesHow = 'table' | 'tiles' | 'racks';
export const nodesRacks: ListKind<Sort, Filter> = { ...common, path: '/nodes/racks', perPage: 2_000 };

export interface NodesPage {
  readonly list: ListFrame<Sort, Filter>;
  /** Addresses of the same nodes as a table, as tiles and in their racks. */
  readonly ways: readonly { readonly label: string; readonly href: string; readonly here: boolean }[];
  readonly how: NodesHow;
  /** Address of everything in this way. */
  readonly all: string;
  readonly rows: readonly NodeLine[];
  readonly states: readonly StateChip[];
  readonly pools: readonly string[];
  /** How many machines wait for a name. */
  readonly discovered: number;
  readonly actions: readonly { readonly action: string; readonly label: string }[];
}

export interface NodeLine {
  readonly id: number;
  readonly name: string;
  readonly state: NodeStateWord;
  readonly power: string;
  readonly pool: string;
  readonly image: string;
  readonly size: string;
  readonly simulated: boolean;
  readonly failure: string | null;
  readonly since: When;
  readonly reservation: { readonly href: string; readonly user: string } | null;
}

export function nodesPage(
  kind: ListKind<Sort, Filter>,
  asked: AskedList<Sort, Filter>,
  found: NodesView,
  clock: Clock,
): NodesPage {
  const { filter } = asked;
  return {
    list: listFrame(kind, asked, found.total),
    ways: ([nodesTable, nodesTiles, nodesRacks] as const).map((way) => ({
      label: labels[howOf(way)],
      href: addressOf(way, filter),
      here: way === kind,
    })),
    how: howOf(kind),
    all: kind.path,
    rows: found.items.map((node) => nodeLine(node, clock)),
    states: stateChips(kind, filter, {
      states: stateOrder,
      words: nodeStateWords,
      counts: found.states,
    }),
    pools: found.pools,
    discovered: found.discovered,
    actions: Object.entries(nodeActionTitles).map(([action, label]) => ({ action, label })),
  };
}

const labels: Readonly<Record<NodesHow, string>> = { table: 'Table', tiles: 'Tiles', racks: 'Racks' };

function howOf(kind: ListKind<Sort, Filter>): NodesHow {
  if (kind === nodesRacks) return 'racks';
  return kind === nodesTiles ? 'tiles' : 'table';
}

function nodeLine(node: NodeView, clock: Clock): NodeLine {
  const { id, name, state, power, pool, image, simulated, failure, reservationId, user } = node;
  return {
    ...{ id, name, power, pool, simulated, failure },
    state: nodeStateWords[state],
    image: image ?? 'nothing',
    size: sizeOf(node),
    since: clock.when(node.since),
    reservation:
      reservationId === null ? null : { href: `/reservations/${reservationId}`, user: user ?? 'somebody' },
  };
}

function sizeOf({ cpus, memoryMb }: NodeView): string {
  return `${cpus} CPU, ${megabytes(memoryMb)}`;
}

export const nodeHeads = [
  ...['id', 'name', 'state', 'since', 'power', 'pool', 'image', 'cpus', 'memoryMb', 'diskMb'],
  ...['failure', 'reservation', 'user', 'rack', 'unit'],
];

export function nodeCells(node: NodeView): (string | number | null)[] {
  const { id, name, state, since, power, pool, image, cpus, memoryMb, diskMb, failure } = node;
  const at = new Date(since).toISOString();
  return [
    ...[id, name, state, at, power, pool, image, cpus, memoryMb, diskMb],
    ...[failure, node.reservationId, node.user, node.rack, node.unit],
  ];
}
