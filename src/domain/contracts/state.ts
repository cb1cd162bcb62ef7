/**
 * What a state module must be: what the daemon does for one task action. A state module has no memory: the rows are its
 * memory. It may be killed after any step and run again from the top, so it asks, then acts.
 */
import type { ModuleError } from '../errors.ts';
import type { AllocationState, NodeState, PowerState, ReservationState } from '../states.ts';
import type { AccountFacts, Endpoint, NodeFacts, PoolFacts, RevisionFacts } from './facts.ts';
import type { ModuleLog, Progress } from './module-context.ts';
import type { BoundOs, Connected } from './os.ts';
import type { Artefact, Loaded, NodeStatus } from './provisioning.ts';

const taskActions = [
  'new',
  'reserved',
  'inuse',
  'deleted',
  'timeout',
  'reload',
  'reinstall',
  'reboot',
  'power',
  'commission',
  'reconcile',
  'heal',
  'notify',
  'audit',
] as const;
export type TaskAction = (typeof taskActions)[number];
export type TargetType = 'reservation' | 'allocation' | 'node' | 'place' | 'notice';

export interface TaskFacts {
  readonly id: number;
  readonly action: TaskAction;
  readonly targetType: TargetType;
  readonly targetId: number;
  readonly args: Readonly<Record<string, unknown>>;
  /** 1 for the first run; grows with every retry after a failure, not with every wake-up. */
  readonly attempt: number;
  readonly createdAt: number;
  readonly deadline: number | null;
}

export interface ReservationFacts {
  readonly id: number;
  readonly userId: number;
  readonly userName: string;
  readonly imageId: number;
  readonly imageName: string;
  readonly state: ReservationState;
  readonly version: number;
  readonly start: number;
  readonly end: number;
  /** What the person asked for: promised from ready, not from the click. */
  readonly minutes: number;
  readonly startsNow: boolean;
  readonly readyAt: number | null;
  /** When Connect was pressed first. */
  readonly acknowledgedAt: number | null;
  readonly connectedAt: number | null;
  readonly lastConnectedAt: number | null;
  /** Since when nobody was seen connected; null while somebody is, and while it is not known. */
  readonly unconnectedSince: number | null;
  /** The account may log in and its way is open. */
  readonly accessOpenedAt: number | null;
  /** No time-outs for not being connected (vcl.md 8.1: Keep it, the image's setting, or a long reservation). */
  readonly neverTimesOut: boolean;
  readonly createdAt: number;
}

export interface AllocationFacts {
  readonly id: number;
  readonly nodeId: number;
  readonly reservationId: number | null;
  readonly state: AllocationState;
  readonly start: number;
  readonly end: number;
  readonly holdFrom: number;
  readonly holdUntil: number;
  readonly releasedAt: number | null;
  readonly userPort: number | null;
  /** How often this reservation's loads have failed on machines before this one. */
  readonly failedBefore: number;
  /** Another live allocation holds the node and came first: its person or its clean-up is not through yet. */
  readonly blocked: boolean;
}

/** Everything about a task's target, read in one consistent snapshot. Absent parts do not exist (any more). */
export interface Situation {
  readonly now: number;
  readonly reservation: ReservationFacts | null;
  readonly allocation: AllocationFacts | null;
  readonly node: NodeFacts | null;
  readonly pool: PoolFacts | null;
  /** What should be loaded: the image's production revision, or what is on the node already where nothing else is wanted. */
  readonly wanted: RevisionFacts | null;
  /** What is on the node. */
  readonly loaded: RevisionFacts | null;
  readonly account: AccountFacts | null;
  /** Another task runs on the node or waits for it. */
  readonly busy: boolean;
}

/** One node's machine, with every function bound to it; what the module claims is verified by the core. */
export interface Machine {
  readonly simulated: boolean;
  node_status(): Promise<NodeStatus>;
  /** load, prepare and post_load; afterwards node_status says READY. */
  load(): Promise<Loaded>;
  power_status(): Promise<PowerState>;
  power_on(): Promise<Loaded>;
  power_off(): Promise<boolean>;
  power_reset(): Promise<Loaded>;
  unload(): Promise<void>;
  open_forward(endpoint: Endpoint): Promise<void>;
  close_forward(endpoint: Endpoint): Promise<void>;
  /** Null where no OS module applies (simulated). */
  readonly os: BoundOs | null;
}

export interface NodePatch {
  readonly state?: NodeState;
  readonly revisionId?: number | null;
  readonly tainted?: boolean;
  readonly management?: Endpoint | null;
  readonly power?: PowerState;
  readonly failure?: string | null;
}

export interface ReservationPatch {
  readonly readyAt?: number;
  readonly end?: number;
  readonly connectedAt?: number;
  readonly lastConnectedAt?: number;
  readonly unconnectedSince?: number | null;
  readonly accessOpenedAt?: number | null;
  /** One sentence: why it ended or failed. */
  readonly reason?: string;
}

export interface NewTask {
  readonly action: TaskAction;
  readonly targetType: TargetType;
  readonly targetId: number;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Epoch ms; absent = now. */
  readonly runAfter?: number;
}

/** The changes a state module may make, inside one fenced transaction. Each that is a compare-and-swap says whether it happened. */
export interface StateWriter {
  readonly now: number;
  /** `state` from -> to plus patch; false when it is in another state by now. Bumps the reservation's version first (guard row). */
  moveReservation(
    id: number,
    from: readonly ReservationState[],
    to: ReservationState,
    patch?: ReservationPatch,
  ): Promise<boolean>;
  /** Changes facts of a live reservation without moving it. */
  patchReservation(id: number, patch: ReservationPatch): Promise<void>;
  moveAllocation(id: number, from: readonly AllocationState[], to: AllocationState): Promise<boolean>;
  /**
   * Lets an allocation last until `end`, its hold with the clean-up after it. Where the next booking abuts, that one is moved
   * to another node; where it cannot be, the end is cut. Returns the end that holds.
   */
  endBy(id: number, end: number): Promise<number>;
  /**
   * Lets a hold that is about to end, or has ended, go on by whole quarters while its machine is not clean, as far as nobody
   * else has them; false when nothing was added.
   */
  keepHold(id: number): Promise<boolean>;
  /** Marks the hold released and clears all its bits, the current quarter's too. */
  releaseAllocation(id: number): Promise<void>;
  /**
   * A new live allocation of this reservation on another node that can load its image; null when none is free. The old one is
   * released, or stays on its node until that is clean (`broken`).
   */
  rebind(allocationId: number, options: { broken: boolean }): Promise<AllocationFacts | null>;
  /** Moves a booking whose load has not begun to another node, with its task; false when it has begun or no other is free. */
  moveBooking(allocationId: number, because: string): Promise<boolean>;
  /** Can waiting still give its person a machine: is there one that fits, once it is free and in order? */
  canServe(allocationId: number): Promise<boolean>;
  patchNode(id: number, patch: NodePatch): Promise<void>;
  /**
   * Draws a new load number and new secrets for the node, once per task: a retry goes on with the same load. From here on
   * artefacts of older loads are leftovers, and the node counts as holding no image until `patchNode` says which.
   */
  beginLoad(nodeId: number): Promise<void>;
  /** Evidence against a revision: it failed on two machines of one reservation. It is not loaded any more until retried. */
  suspectRevision(id: number, because: string): Promise<void>;
  /** Replaces what is known of a place's artefacts that are not ours: shown, never touched. */
  quarantine(
    placeId: number,
    artefacts: readonly { readonly name: string; readonly what: string }[],
  ): Promise<void>;
  /** Keeps how long a load (or a step of it) took; feeds every estimate. Milliseconds. */
  measured(imageId: number, poolId: number, step: string, milliseconds: number): Promise<void>;
  eraseSecrets(reservationId: number): Promise<void>;
  queue(task: NewTask): Promise<number>;
  /** Appends to the history of the task's reservation, or of the one named. */
  event(kind: string, facts?: Readonly<Record<string, unknown>>, reservationId?: number): Promise<void>;
  /** Tells the reservation's person on the page and by mail, once per key; false when they were told before. */
  notify(reservationId: number, key: string, facts?: Readonly<Record<string, unknown>>): Promise<boolean>;
}

export interface StateContext {
  readonly task: TaskFacts;
  readonly settings: TimeSettings;
  readonly signal: AbortSignal;
  readonly deadline: number;
  readonly log: ModuleLog;
  readonly progress: Progress;
  look(): Promise<Situation>;
  /** One fenced transaction: it changes nothing when the lease was lost. `step` names it for events and crash tests. */
  write<T>(step: string, change: (writer: StateWriter) => Promise<T>): Promise<T>;
  /** The machine of the situation's node. `revision` is what should be loaded. */
  machine(situation: Situation, revision?: RevisionFacts | null): Machine;
  /** A slot of the host for a boot, one per core; false when all are taken: come back later. Kept until the task ends or waits. */
  bootSlot(): Promise<boolean>;
  /** Open terminals of a reservation at the gateway of this place, `unknown` when it cannot be asked. */
  terminals(reservationId: number): Promise<Connected>;
  /** Ends all terminals of a reservation. */
  closeTerminals(reservationId: number): Promise<void>;
  /** Shows a sentence in its terminals. */
  sayInTerminals(reservationId: number, sentence: string): Promise<void>;
  /** The pools of a place with what their backends hold; only for place tasks. */
  pools(): Promise<readonly PoolView[]>;
  /** What of a place's books time has overtaken; only for place tasks. */
  overtaken(): Promise<Overtaken>;
  /** The situation of one node of this place; only for place tasks. */
  lookAtNode(nodeId: number): Promise<Situation>;
  /** Sends the notices of a reservation that were not mailed yet; resolves with how many. */
  sendMail(noticeId: number): Promise<boolean>;
  /** The nightly checks of the books: the horizon carried forward, old rows removed; resolves with differences in words. */
  audit(): Promise<readonly string[]>;
}

export interface Overtaken {
  /** Allocations whose hold is about to end, or has ended, though their machine is not clean. */
  readonly holds: readonly number[];
  /** Bookings that have not begun and whose machine is out of order or kept from people. */
  readonly stranded: readonly { readonly allocationId: number; readonly because: string }[];
}

/** One pool as reconcile sees it. */
export interface PoolView {
  readonly installation: string;
  readonly pool: PoolFacts;
  readonly nodes: readonly NodeFacts[];
  list_artefacts(): Promise<readonly Artefact[]>;
  remove_artefact(artefact: Artefact): Promise<void>;
}

/** Time-outs of vcl.md 8.1, in seconds. */
export interface TimeSettings {
  readonly acknowledgeSeconds: number;
  readonly initialConnectSeconds: number;
  readonly reconnectSeconds: number;
  readonly inuseCheckSeconds: number;
  /** Longer reservations are not checked for being connected (VCL ignore_connections_gte, 1440 minutes). */
  readonly ignoreConnectionsFromMinutes: number;
  readonly loadTimeoutSeconds: number;
  /** How long a load waits for the booking before it to leave the node. */
  readonly graceSeconds: number;
}

/**
 * `done`: the task is finished. `later`: look again at `at` (a long wait is a row, never a sleep). `again`: the same, and it
 * counts as another attempt.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly result?: string }
  | { readonly kind: 'later'; readonly at: number; readonly because: string }
  | { readonly kind: 'again'; readonly at: number; readonly because: string };

export const done = (result?: string): Outcome =>
  result === undefined ? { kind: 'done' } : { kind: 'done', result };
export const later = (at: number, because: string): Outcome => ({ kind: 'later', at, because });
export const again = (at: number, because: string): Outcome => ({ kind: 'again', at, because });

export interface StateModule {
  readonly action: TaskAction;
  /** For pages: "Getting the machine ready". */
  readonly title: string;
  /** What the database allows only one running task for. */
  readonly holds: readonly ('node' | 'reservation')[];
  /** After so many seconds it is cut; `load`: after what the operator gives a load (`loadTimeoutSeconds`). */
  readonly timeoutSeconds: number | 'load';
  run(context: StateContext): Promise<Outcome>;
  /** What it does instead while another task has what it holds; it holds nothing then. Absent: it waits. */
  busy?(context: StateContext): Promise<Outcome>;
  /** What follows when run threw for good (kind not `retry`, or retries used up). Absent: the task fails and Needs attention shows it. */
  failed?(context: StateContext, error: ModuleError): Promise<Outcome>;
}
