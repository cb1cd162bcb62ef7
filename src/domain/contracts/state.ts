/**
 * What a state module must be: what the daemon does for one task action. A state module has no memory: the rows are its
 * memory. It may be killed after any step and run again from the top, so it asks, then acts.
 */
import type { BlockDateState, BlockState } from '../blocks.ts';
import { counted } from '../counted.ts';
import type { ModuleError } from '../errors.ts';
import type { SeenMachine } from './bare-metal.ts';
import type { ClosingsDue } from './closings.ts';
import type { NodeFacts, PoolFacts, RevisionFacts } from './facts.ts';
import type { ModuleLog, Progress } from './module-context.ts';
import type { Connected } from './os.ts';
import type { PreloadsDue } from './prediction.ts';
import type { Artefact, PoolCheck } from './provisioning.ts';
import type { Machine, Situation } from './situation.ts';
import type { StateWriter } from './state-writer.ts';
import type { TaskAction, TaskFacts } from './task.ts';
import type { TimeSettings } from './time-settings.ts';
import type { WaitingDue } from './waiting.ts';

export interface StateContext {
  readonly task: TaskFacts;
  readonly settings: TimeSettings;
  readonly signal: AbortSignal;
  readonly deadline: number;
  /** Gives this run so many seconds more: it found that there is more to do than such a task usually has. */
  allow(seconds: number): void;
  readonly log: ModuleLog;
  readonly progress: Progress;
  look(): Promise<Situation>;
  /** Beside the situation's machine, those that its reservation has: none, or those that are had together with it. */
  others(situation: Situation): Promise<readonly Situation[]>;
  /** One fenced transaction: it changes nothing when the lease was lost. `step` names it for events and crash tests. */
  write<T>(step: string, change: (writer: StateWriter) => Promise<T>): Promise<T>;
  /** The machine of the situation's node. `revision` is what should be loaded. */
  machine(situation: Situation, revision?: RevisionFacts | null): Machine;
  /**
   * A place among the loads that may run at once: of the pool, where its module says how many, else of the host, one for each
   * core. Null: it has one, until the task ends or waits. Else how many are before it: come back with `inTurn`.
   */
  loadTurn(situation: Situation): Promise<number | null>;
  /** Open terminals of a reservation at the gateway of this place, `unknown` when it cannot be asked. */
  terminals(reservationId: number): Promise<Connected>;
  /** Ends all terminals of a reservation; their windows show why. */
  closeTerminals(reservationId: number, why: string): Promise<void>;
  /** What is still to be said in a reservation's terminals, the oldest first. */
  unsaid(reservationId: number): Promise<readonly { readonly noticeId: number; readonly sentence: string }[]>;
  /** Shows a sentence in its terminals. */
  sayInTerminals(reservationId: number, sentence: string): Promise<void>;
  /** Nodes of a place whose BMC is to be looked at by now, and since when it was silent; only for place tasks. */
  dueBmcs(): Promise<readonly DueBmc[]>;
  /** The pools of a place with what their backends hold; only for place tasks. */
  pools(): Promise<readonly PoolView[]>;
  /** How far this task has got with making its revision the production one; null when that is gone. */
  rollout(): Promise<Rollout | null>;
  /** Removes a revision's file from this place, whole or not. */
  removeImage(revision: RevisionFacts): Promise<void>;
  /** What of a place's books time has overtaken; only for place tasks. */
  overtaken(): Promise<Overtaken>;
  /** The situation of one node of this place; only for place tasks. */
  lookAtNode(nodeId: number): Promise<Situation>;
  /** What the module of this task's pool finds when it tries it out; null when the pool is gone. Only for pool tasks. */
  checkPool(): Promise<CheckedPool | null>;
  /** Pools of a place whose imaging network is to be checked by now; only for place tasks. */
  dueNetworks(): Promise<readonly number[]>;
  /** What the module finds of a pool's imaging network; null when the pool is gone. */
  checkNetwork(poolId: number): Promise<CheckedNetwork | null>;
  /** The block of this task; null when it is gone. Only for block tasks. */
  block(): Promise<BlockFacts | null>;
  /** What is to be done for classes that begin within a day or have begun; only for place tasks. */
  classes(): Promise<ClassesDue>;
  /** What is to be loaded before anybody asks; only for place tasks. */
  preloads(): Promise<PreloadsDue>;
  /** What is due of a place's closed hours and maintenance windows; only for place tasks. */
  closings(): Promise<ClosingsDue>;
  /** What is due of the waiting list, of all places. */
  waiting(): Promise<WaitingDue>;
  /** Sends the notices of a reservation that were not mailed yet; resolves with how many. */
  sendMail(noticeId: number): Promise<boolean>;
  /** Bookings whose people are to be mailed an invitation by now, or another one. */
  invitationsDue(): Promise<readonly number[]>;
  /** The nightly checks of the books: the horizon carried forward, old rows removed; resolves with differences in words. */
  audit(): Promise<readonly string[]>;
}

/** Seats of a class, as far as they are held or go back. */
export interface BlockFacts {
  readonly state: BlockState;
  readonly dates: readonly {
    readonly id: number;
    /** Of its course's zone. */
    readonly date: string;
    readonly state: BlockDateState;
    readonly hasBegun: boolean;
  }[];
}

export interface ClassesDue {
  readonly now: number;
  /** Seats to be loaded by now. */
  readonly load: readonly number[];
  /** Seats that were loaded and cannot stay as they are: the machine is not what it was, or holds an older revision. */
  readonly again: readonly number[];
  /** Seats whose machine failed, and none was free then. */
  readonly lost: readonly number[];
  /** Dates with lost seats of which somebody who teaches is to be told. */
  readonly untold: readonly number[];
}

export interface DueBmc {
  readonly nodeId: number;
  /** Null: it answered. */
  readonly silentSince: number | null;
}

export interface CheckedPool {
  readonly name: string;
  /** The version of its settings that was checked. */
  readonly version: number;
  readonly checks: readonly PoolCheck[];
  /** Those of them that are of its imaging network; null where its machines start from none. */
  readonly network: CheckedNetwork | null;
}

export interface CheckedNetwork {
  readonly name: string;
  /** When that began. */
  readonly at: number;
  readonly checks: readonly PoolCheck[];
}

export interface Overtaken {
  /** Allocations whose hold is about to end, or has ended, though their machine is not clean. */
  readonly holds: readonly number[];
  /** Bookings that have not begun and whose machine is out of order or kept from people. */
  /** Dates of classes with seats that nobody claimed and that go back by now. */
  readonly unclaimed: readonly number[];
  readonly stranded: readonly { readonly allocationId: number; readonly because: string }[];
}

/** Making a revision the production one, so far. */
export interface Rollout {
  readonly now: number;
  readonly revisionId: number;
  readonly number: number;
  readonly image: { readonly id: number; readonly title: string };
  /** Numbers of the revision that is in production, and of the one that was before it. */
  readonly current: number | null;
  readonly previous: number | null;
  /** The number of another revision of the image that was to become the production one later: that one counts. */
  readonly newer: number | null;
  /** Why it may not be loaded; null when it may. */
  readonly suspended: string | null;
  /** When it was loaded for the first time. */
  readonly proven: number | null;
  readonly production: boolean;
  /** Idle nodes that could load it and were not tried, those that hold another revision of its image first. */
  readonly idle: readonly number[];
  /** Idle nodes that hold another revision of its image. */
  readonly outdated: readonly number[];
  /** Reloads that this task began and that are not through, and machines that they loaded. */
  readonly open: number;
  readonly reloaded: number;
  /** What went wrong with those that were begun, in words. */
  readonly failures: readonly string[];
}

/** One pool as those see it that look after its place. */
export interface PoolView {
  readonly installation: string;
  readonly pool: PoolFacts;
  readonly nodes: readonly NodeFacts[];
  list_artefacts(): Promise<readonly Artefact[]>;
  remove_artefact(artefact: Artefact): Promise<void>;
  /** Null where no machine starts from a network. */
  readonly list_seen: (() => Promise<readonly SeenMachine[]>) | null;
}

/**
 * `done`: the task is finished. `later`: look again at `at` (a long wait is a row, never a sleep), in the turn that it has
 * where it keeps it. `again`: the same, and it
 * counts as another attempt.
 */
export type Outcome =
  | { readonly kind: 'done'; readonly result?: string }
  | { readonly kind: 'later'; readonly at: number; readonly because: string; readonly keepsTurn?: true }
  | { readonly kind: 'again'; readonly at: number; readonly because: string };

export const done = (result?: string): Outcome =>
  result === undefined ? { kind: 'done' } : { kind: 'done', result };
export const later = (at: number, because: string): Outcome => ({ kind: 'later', at, because });
/** Until those that are before it are through; it asks the more seldom the more there are. */
export const inTurn = (now: number, ahead: number): Outcome => ({
  ...{ kind: 'later', at: now + Math.min(300 * (ahead + 1), 3_000), keepsTurn: true },
  because: ahead === 0 ? 'It is the next to be loaded.' : `${counted(ahead, 'machine')} before it.`,
});
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
