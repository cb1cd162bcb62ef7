/** What administrators do with nodes: part of `Services`. */
import type { LoadOutcome } from '../domain/load-phases.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type * as view from './views.ts';

type Me = view.SignedIn;

/** Empty and absent ones do not filter. */
export interface NodeFilter {
  /** A part of its name, of its person's, or of its address. */
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  /** The pool's name, and the image's. */
  readonly pool?: string | undefined;
  readonly image?: string | undefined;
}

const nodeSorts = ['name', 'state', 'image', 'pool', 'power', 'user', 'since'] as const;

export interface NodesRequest extends ListRequest<(typeof nodeSorts)[number]> {
  readonly filter: NodeFilter;
}

/** Nodes to be added: by a pattern of names, or by a table; what a row of it does not say is taken from here. */
export interface NewNodesRequest {
  readonly pool: string;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  /** `lab[01-40]`, or `lab%` with `from` and `to`. */
  readonly pattern?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The first one's address; the next ones follow. Absent: made up. */
  readonly mac?: string | undefined;
  readonly csv?: string | undefined;
  /**
   * Of bare metal. By a pattern `bmcHost` and `address` are the first one's and the next ones follow, or have a `%` where the node's
   * name stands; the rest is the same for all.
   */
  readonly hardware?: HardwareText | undefined;
  /** Of bare metal: each is looked at and burnt in first, and in service only when it passes. */
  readonly commission?: boolean | undefined;
}

/** What is typed of a bare-metal machine. Empty and absent are the same. */
export interface HardwareText {
  /** Of its BMC: an address or a name. */
  readonly bmcHost?: string | undefined;
  /** Absent: the usual one of the pool's module. */
  readonly bmcPort?: string | undefined;
  readonly bmcUsername?: string | undefined;
  /** Of an existing node: absent leaves it as it is. */
  readonly bmcPassword?: string | undefined;
  /** `bios` or `uefi`; absent: `bios`. */
  readonly firmware?: string | undefined;
  /** Where its own SSH answers once it is loaded. */
  readonly address?: string | undefined;
  /** Absent: 22. */
  readonly sshPort?: string | undefined;
}

/** What is done with a node. On one that somebody has, all but `service` need `when`; `now` needs a reason, and they are told it. */
export interface NodeOrder {
  readonly action: NodeAction;
  /** `after`: after the reservation of whoever has it. */
  readonly when?: 'after' | 'now' | undefined;
  readonly reason?: string | undefined;
  /** `reload`: the image's name; absent: what it should hold. */
  readonly image?: string | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

/** By the names that buttons and histories have for them, in the order in which they are offered. */
export const nodeActionTitles = {
  reload: 'Load anew',
  'power-on': 'Switch on',
  'power-off': 'Switch off',
  reset: 'Switch off and on',
  identify: 'Light its lamp',
  commission: 'Commission',
  maintenance: 'Maintenance',
  service: 'Back to service',
  delete: 'Remove',
} as const;
export type NodeAction = keyof typeof nodeActionTitles;
export const nodeActions = Object.keys(nodeActionTitles) as NodeAction[];

/** Empty and absent ones do not filter. */
export interface LoadFilter {
  readonly outcome?: LoadOutcome | undefined;
  /** Names. */
  readonly node?: string | undefined;
  readonly image?: string | undefined;
  readonly pool?: string | undefined;
  /** Only those of which a phase took twice as long as usual. */
  readonly slower?: boolean | undefined;
}

export interface LoadsRequest extends ListRequest<'at'> {
  readonly filter: LoadFilter;
}

export interface NodeServices {
  /** Every try at loading a node, newest first, with its phases. */
  findLoads(me: Me, request: LoadsRequest): Promise<view.LoadsView>;
  /** The loads that run at this moment. */
  runningLoads(me: Me): Promise<readonly view.LoadView[]>;
  /** Calls back whenever one of these nodes, or a load that runs, has come further. Returns how to stop. */
  watchNodes(me: Me, request: NodesRequest, changed: () => void): Promise<() => void>;
  /** Says in which rack nodes stand, and where; all of it or nothing. */
  placeNodes(me: Me, places: readonly view.NodePlace[]): Promise<{ readonly moved: number }>;
  /** The same for programs. */
  listLoads(
    me: Me,
    request: PageRequest & { readonly filter: LoadFilter },
  ): Promise<view.Page<view.LoadView>>;
  getLoad(me: Me, id: number): Promise<view.LoadView>;
  /** What its machine's console said meanwhile; null where none was kept. */
  loadConsole(me: Me, id: number): Promise<Buffer | null>;
  /** The tries at loading a reservation's machines, newest first: for its person, too. */
  loadsFor(me: Me, reservationId: number): Promise<readonly view.LoadView[]>;
  listNodes(me: Me, request: PageRequest & { filter?: NodeFilter }): Promise<view.Page<view.NodeView>>;
  findNodes(me: Me, request: NodesRequest): Promise<view.NodesView>;
  getNode(me: Me, id: number): Promise<view.NodeView>;
  /** Machines that started from the network and are no nodes, those that somebody told to ignore too. */
  listDiscovered(me: Me, request: PageRequest): Promise<view.Page<view.DiscoveredView>>;
  /** Calls back whenever that has changed. Returns how to stop. */
  watchDiscovered(me: Me, changed: () => void): Promise<() => void>;
  /** Says that such a machine is none of ours, or takes that back. */
  ignoreMachine(me: Me, id: number, ignored: boolean): Promise<void>;
  /** Every node that would be added, and what is wrong with each. */
  planNodes(me: Me, request: NewNodesRequest): Promise<readonly view.NewNodeView[]>;
  /** Adds those with nothing wrong: they have an `id` then. */
  addNewNodes(me: Me, request: NewNodesRequest, once?: Once): Promise<readonly view.NewNodeView[]>;
  /** Changes how a bare-metal node is switched and reached; what is absent stays. Its BMC is asked at once who it is. */
  setHardware(me: Me, id: number, hardware: HardwareText, version?: number): Promise<void>;
  /** What it does now, its next 24 hours, its last 20 loads, what happened to it. */
  inspectNode(me: Me, id: number): Promise<view.NodeDetailView>;
  /** Calls back whenever that has changed. Returns how to stop. */
  watchNode(me: Me, id: number, changed: () => void): Promise<() => void>;
  /** What an order would do, in a sentence; throws what `orderNode` would. */
  previewOrder(me: Me, id: number, order: NodeOrder): Promise<string>;
  /** What has come of the last order to each of these nodes. */
  followOrders(me: Me, nodeIds: readonly number[]): Promise<readonly view.OrderOutcomeView[]>;
  /** Calls back whenever one of them has come further. Returns how to stop. */
  watchOrders(me: Me, nodeIds: readonly number[], changed: () => void): Promise<() => void>;
  /** Does it, and says what was done. `node.held` names who has it. */
  orderNode(me: Me, id: number, order: NodeOrder, once?: Once): Promise<string>;
}
