import type { Reach } from '../../../domain/contracts/facts.ts';
import type { Page, PoolView } from '../../../services/views.ts';

export interface PoolsPage {
  readonly rows: readonly PoolRow[];
  readonly next: string | null;
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

export function poolsPage({ items, next }: Page<PoolView>, mayNodes: boolean): PoolsPage {
  const rows = items.map(({ id, name, moduleTitle, simulated, reach, nodes, available }) => {
    return { id, name, module: moduleTitle, simulated, reach: reachWords[reach], nodes, available };
  });
  return { rows, next, mayNodes };
}
