/** What a state module is shown: everything about its task's target, in read-only copies, and its machine. */

import type { IdleClocks } from '../idle-rules.ts';
import type { AllocationState, PowerState, ReservationState } from '../states.ts';
import type { Inspected } from './bare-metal.ts';
import type {
  AccountFacts,
  BmcAudit,
  BmcInfo,
  BmcLook,
  BmcPolicy,
  CleanedDisk,
  Endpoint,
  NodeFacts,
  PoolFacts,
  RevisionFacts,
} from './facts.ts';
import type { BoundOs } from './os.ts';
import type { Captured, Loaded, NodeStatus, SharedNetwork } from './provisioning.ts';

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
  /** Since when nothing was typed on its terminals; null while that is not known, or does not matter. */
  readonly idleSince: number | null;
  /** The account may log in and its way is open. */
  readonly accessOpenedAt: number | null;
  /** No time-outs for not being connected (vcl.md 8.1: Keep it, the image's setting, or a long reservation). */
  readonly neverTimesOut: boolean;
  /** It was taken to make an image: what is on it is saved at its end, whatever happens. */
  readonly imaging: boolean;
  /** Why its capture did not succeed; null while none did not. */
  readonly captureFailure: string | null;
  /** It is a seat of a class, which ends with that. */
  readonly isSeat: boolean;
  /** Machines that it has beside the one that was asked for. */
  readonly others: number;
  /** That was ended early: the minutes are counted down. */
  readonly classEnds: boolean;
  /** It is open by itself, and others have accounts on it. */
  readonly isServer: boolean;
  readonly createdAt: number;
}

/** Somebody else's account on a server. */
export interface MemberFacts {
  /** Null: nothing is kept of it yet. */
  readonly id: number | null;
  readonly account: AccountFacts;
  /** They get in. */
  readonly wanted: boolean;
  /** What it is to be on the machine, in a word, and what it is; null: closed. */
  readonly wantedAs: string;
  readonly openedAs: string | null;
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
  /** Its person comes by a port of ours; else by an address of the machine's own, or by nothing yet. */
  readonly forwarded: boolean;
  /** It is a seat of a class: nobody's until somebody claims it. */
  readonly isSeat: boolean;
  /** Which of its reservation's machines: 0 is the one that was asked for. */
  readonly member: number;
  /** What that is called inside, where there are several, and its role. */
  readonly name: string;
  readonly role: string;
  /** How often this reservation's loads have failed on machines before this one. */
  readonly failedBefore: number;
  /** Another live allocation holds the node and came first: its person or its clean-up is not through yet. */
  readonly blocked: boolean;
}

/** Everything about a task's target, read in one consistent snapshot. Absent parts do not exist (any more). */
export interface Situation {
  readonly now: number;
  readonly reservation: ReservationFacts | null;
  /** How long the reservation waits for its person, where it may time out. */
  readonly clocks: IdleClocks;
  readonly allocation: AllocationFacts | null;
  readonly node: NodeFacts | null;
  readonly pool: PoolFacts | null;
  /** What should be loaded: the image's production revision, or what is on the node already where nothing else is wanted. */
  readonly wanted: RevisionFacts | null;
  /** Why nothing is wanted, in one sentence, while that revision's file is not where it was kept; null otherwise. */
  readonly missing: string | null;
  /** What is on the node. */
  readonly loaded: RevisionFacts | null;
  /**
   * Of a reservation, what its machine is being saved as (`file` is empty until it is); of a revision task, that revision; of a
   * reload that shall try a revision, that one, at the first attempt.
   */
  readonly target: RevisionFacts | null;
  readonly account: AccountFacts | null;
  /** The others who get into a server, and those who do no more. */
  readonly members: readonly MemberFacts[];
  /** Another task runs on the node or waits for it. */
  readonly busy: boolean;
}

/** One node's machine, with every function bound to it; what the module claims is verified by the core. */
export interface Machine {
  readonly simulated: boolean;
  node_status(): Promise<NodeStatus>;
  /** Its disks outlive its loads: the most that cleaning them takes, in seconds. Null where what a load makes is new. */
  readonly cleanSeconds: number | null;
  /**
   * load, prepare and post_load; afterwards node_status says READY. What may hold somebody's bytes is cleaned on the way, and no
   * load is believed that does not say so of each disk; `keepsPerson`: it stays with who had it.
   */
  load(options?: { readonly keepsPerson?: boolean }): Promise<Loaded>;
  /** Cleans it without loading anything; it is off afterwards. */
  clean(): Promise<readonly CleanedDisk[]>;
  /** Joins it to the network of the machines that are had together; its card's hardware address there, null where there is none such. */
  join_network(network: SharedNetwork): Promise<string | null>;
  power_status(): Promise<PowerState>;
  power_on(): Promise<Loaded>;
  power_off(): Promise<boolean>;
  power_reset(): Promise<Loaded>;
  unload(): Promise<void>;
  /** Who its BMC is; null where it has none. */
  greet_bmc(): Promise<BmcInfo | null>;
  /** What somebody could have changed in it; null where there is none. */
  audit_bmc(): Promise<BmcAudit | null>;
  look_at_bmc(): Promise<BmcLook | null>;
  /** Null where it has no BMC: its power is looked at with everything else. */
  readonly bmcPolicy: BmcPolicy | null;
  /** `unsupported` where there is no lamp. */
  identify(): Promise<void>;
  /** `unsupported` where machines are none of their own. */
  inspect(): Promise<Inspected>;
  /** Saves its disk as that revision's file; the machine's own disk stays as it was, and the machine is off. */
  capture(target: RevisionFacts): Promise<Captured>;
  /** The machine's own address for its person; null where its pool forwards a port. */
  user_endpoint(): Promise<Endpoint | null>;
  open_forward(endpoint: Endpoint): Promise<void>;
  close_forward(endpoint: Endpoint): Promise<void>;
  /** From where a forwarded way is used at this moment. */
  connections(endpoint: Endpoint): Promise<readonly string[]>;
  /** Null where no OS module applies (simulated). */
  readonly os: BoundOs | null;
}
