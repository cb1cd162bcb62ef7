import type { Reach } from '../../../domain/contracts/facts.ts';
import type { Listing, PoolView } from '../../../services/views.ts';
import { type AskedList, type ListFrame, type ListKind, listFrame } from '../../list.ts';

type Sort = 'name' | 'module' | 'nodes' | 'available' | 'reach';

export const poolsList: ListKind<Sort, never> = {
  path: '/pools',
  sorts: ['name', 'module', 'nodes', 'available', 'reach'],
  sort: 'name',
  filters: [],
};

export interface PoolsPage {
  readonly list: ListFrame<Sort, never>;
  readonly rows: readonly PoolRow[];
  readonly mayNodes: boolean;
}

export interface PoolRow {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly simulated: boolean;
  readonly reach: string;
  readonly nodes: number;
  readonly available: number;
}

const reachWords: Readonly<Record<Reach, string>> = {
  none: 'nothing',
  web: 'the web',
  everything: 'everything',
};

export function poolsPage(
  asked: AskedList<Sort, never>,
  found: Listing<PoolView>,
  mayNodes: boolean,
): PoolsPage {
  const rows = found.items.map(({ id, name, moduleTitle, simulated, reach, nodes, available }) => {
    return { id, name, module: moduleTitle, simulated, reach: reachWords[reach], nodes, available };
  });
  return { list: listFrame(poolsList, asked, found.total), rows, mayNodes };
}

export const poolHeads = ['id', 'name', 'module', 'simulated', 'nodes', 'available', 'reach'];

export function poolCells({ id, name, module, simulated, nodes, available, reach }: PoolView) {
  return [id, name, module, simulated, nodes, available, reach];
}
