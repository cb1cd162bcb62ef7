import {
  type NodeAction,
  type NodeOrder,
  nodeActions,
  nodeActionTitles,
} from '../../../services/services.ts';
import type { NodeView, OrderOutcomeView } from '../../../services/views.ts';
import type { Refusal } from '../../refusal.ts';
import { type NodeStateWord, nodeStateWords } from './node-words.ts';

export interface OrdersPage {
  readonly title: string;
  readonly action: NodeAction;
  readonly actions: readonly {
    readonly action: NodeAction;
    readonly label: string;
    readonly here: boolean;
  }[];
  readonly rows: readonly OrderRow[];
  /** How many would be done. */
  readonly possible: number;
  readonly done: boolean;
  /** The stream of what comes of it; null where nothing was done. */
  readonly live: string | null;
  readonly danger: boolean;
  readonly anyHeld: boolean;
  readonly when: 'after' | 'now';
  /** The same list for the other time. */
  readonly afterHref: string;
  readonly nowHref: string;
  readonly reason: string;
  readonly image: string;
  readonly images: readonly string[];
  /** `id:version` of each. */
  readonly nodes: string;
  readonly refusal: Refusal | null;
}

export interface OrderRow {
  readonly id: number;
  readonly name: string;
  readonly state: NodeStateWord;
  readonly user: string | null;
  readonly says: string;
  readonly fine: boolean;
}

/** The parts of a node's row that change once it was ordered. */
export interface OrderedRegion {
  readonly row: Pick<OrderRow, 'state' | 'says' | 'fine'>;
}

const removed: NodeStateWord = { word: 'Removed', tone: 'quiet', icon: 'end', letter: 'X' };

export function orderedRow({ state, says }: OrderOutcomeView): OrderedRegion['row'] {
  return { state: state === null ? removed : nodeStateWords[state], says, fine: true };
}

export interface Judged {
  readonly node: NodeView;
  readonly says: string;
  readonly fine: boolean;
}

export interface OrdersOver {
  readonly refusal: Refusal | null;
  /** What has come of it; null while it was not done. */
  readonly came: readonly OrderOutcomeView[] | null;
}

export function ordersPage(
  order: NodeOrder,
  judged: readonly Judged[],
  images: readonly string[],
  { refusal, came }: OrdersOver,
): OrdersPage {
  const { action, when = 'after', reason = '', image = '' } = order;
  const one = judged.length === 1 ? judged[0]?.node.name : `${judged.length} nodes`;
  const address = (query: Record<string, string>) =>
    `/nodes/orders?${new URLSearchParams([...judged.map(({ node }): [string, string] => ['id', String(node.id)]), ...Object.entries(query)]).toString()}`;
  return {
    title: judged.length === 0 ? 'Nodes' : `${nodeActionTitles[action]}: ${one}`,
    action,
    actions: nodeActions.map((name) => ({
      action: name,
      label: nodeActionTitles[name],
      here: name === action,
    })),
    rows: judged.map(({ node, says, fine }) => {
      const outcome = came?.find(({ nodeId }) => nodeId === node.id);
      const row = outcome ? orderedRow(outcome) : { says, fine, state: nodeStateWords[node.state] };
      return { ...row, id: node.id, name: node.name, user: node.user };
    }),
    possible: judged.filter(({ fine }) => fine).length,
    refusal,
    done: came !== null,
    live: !came?.length ? null : `/nodes/orders/events?ids=${came.map(({ nodeId }) => nodeId).join()}`,
    danger: action === 'delete' || when === 'now',
    anyHeld: judged.some(({ node }) => node.user !== null) && action !== 'service',
    ...{ when, reason, image, images },
    afterHref: address({ action }),
    nowHref: address({ action, when: 'now' }),
    nodes: judged.map(({ node }) => `${node.id}:${node.version}`).join(' '),
  };
}
