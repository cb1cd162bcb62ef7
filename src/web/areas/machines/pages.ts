import type { Reach } from '../../../domain/contracts/facts.ts';
import type { NodeState } from '../../../domain/states.ts';
import type { NodeView, Page, PoolView } from '../../../services/views.ts';
import type { StateWord } from '../reservations/state-words.ts';

export interface NodesPage {
  readonly rows: readonly NodeRow[];
  readonly next: string | null;
}

export interface NodeRow {
  readonly name: string;
  readonly state: StateWord;
  readonly power: string;
  readonly pool: string;
  readonly image: string;
  readonly size: string;
  readonly simulated: boolean;
  readonly failure: string | null;
  readonly reservation: { readonly href: string; readonly user: string } | null;
}

const states: Readonly<Record<NodeState, StateWord>> = {
  available: { word: 'Available', tone: 'ready', icon: 'check' },
  reserved: { word: 'Reserved', tone: 'booked', icon: 'clock' },
  reloading: { word: 'Reloading', tone: 'busy', icon: 'loading' },
  inuse: { word: 'In use', tone: 'ready', icon: 'user' },
  maintenance: { word: 'Maintenance', tone: 'quiet', icon: 'pause' },
  failed: { word: 'Failed', tone: 'bad', icon: 'alert' },
  host: { word: 'Host', tone: 'quiet', icon: 'machine' },
  deprovisioning: { word: 'Being removed', tone: 'quiet', icon: 'end' },
};

export function nodesPage({ items, next }: Page<NodeView>): NodesPage {
  return { rows: items.map(nodeRow), next };
}

function nodeRow(node: NodeView): NodeRow {
  const { name, state, power, pool, image, cpus, memoryMb, simulated, failure, reservationId, user } = node;
  return {
    name,
    state: states[state],
    power,
    pool,
    image: image ?? 'nothing',
    size: `${cpus} CPU, ${memoryMb < 1024 ? `${memoryMb} MB` : `${Number((memoryMb / 1024).toFixed(1))} GB`}`,
    simulated,
    failure,
    reservation:
      reservationId === null ? null : { href: `/reservations/${reservationId}`, user: user ?? 'somebody' },
  };
}

export interface PoolsPage {
  readonly rows: readonly PoolRow[];
  readonly next: string | null;
  readonly mayNodes: boolean;
}

export interface PoolRow {
  readonly name: string;
  readonly module: string;
  readonly simulated: boolean;
  readonly reach: string;
  readonly nodes: number;
  readonly available: number;
}

const reaches: Readonly<Record<Reach, string>> = {
  none: 'nothing',
  web: 'the web',
  everything: 'everything',
};

export function poolsPage({ items, next }: Page<PoolView>, mayNodes: boolean): PoolsPage {
  const rows = items.map(({ name, moduleTitle, simulated, reach, nodes, available }) => {
    return { name, module: moduleTitle, simulated, reach: reaches[reach], nodes, available };
  });
  return { rows, next, mayNodes };
}
