/** What a state module may change. */

import type { Inventory } from '../inventory.ts';
import type { AllocationState, NodeState, PowerState, ReservationState } from '../states.ts';
import type { InspectedPart, SeenMachine } from './bare-metal.ts';
import type { ClosingWriter } from './closings.ts';
import type { BmcAudit, BmcInfo, BmcLook, CleanedDisk, Endpoint, RevisionFacts } from './facts.ts';
import type { PredictionWriter } from './prediction.ts';
import type { Captured, PoolCheck } from './provisioning.ts';
import type { AllocationFacts, ReservationFacts } from './situation.ts';
import type { NewTask } from './task.ts';
import type { WaitingWriter } from './waiting.ts';

export interface NodePatch {
  readonly state?: NodeState;
  readonly revisionId?: number | null;
  readonly tainted?: boolean;
  /** False once its disks were cleaned; it becomes true with `tainted`. */
  readonly unclean?: boolean;
  readonly management?: Endpoint | null;
  readonly power?: PowerState;
  readonly failure?: string | null;
}

export interface ReservationPatch {
  readonly readyAt?: number;
  /** Null: Connect is to be pressed again. */
  readonly acknowledgedAt?: null;
  readonly end?: number;
  readonly connectedAt?: number;
  readonly lastConnectedAt?: number;
  readonly unconnectedSince?: number | null;
  readonly idleSince?: number | null;
  readonly accessOpenedAt?: number | null;
  readonly captureFailure?: string | null;
  /** One sentence: why it ended or failed. */
  readonly reason?: string;
}

/** When it is to begin and to end, and for how long. */
export interface ReservationTimes extends Pick<ReservationFacts, 'start' | 'end' | 'minutes'> {
  /** Connect was pressed. */
  readonly isAcknowledged: boolean;
  /** *Keep it* was. */
  readonly isKept: boolean;
}

export interface CommissionEnd {
  readonly outcome: 'passed' | 'failed';
  /** One sentence, where it failed. */
  readonly says: string | null;
  readonly parts: readonly InspectedPart[];
}

/** The changes a state module may make, inside one fenced transaction. Each that is a compare-and-swap says whether it happened. */
export interface StateWriter extends ClosingWriter, PredictionWriter, WaitingWriter {
  readonly now: number;
  /** `state` from -> to plus patch; false when it is in another state by now. Bumps the reservation's version first (guard row). */
  moveReservation(
    id: number,
    from: readonly ReservationState[],
    to: ReservationState,
    patch?: ReservationPatch,
  ): Promise<boolean>;
  /** What a reservation's clocks go by at this moment: nobody changes it until this is written. */
  timesOf(id: number): Promise<ReservationTimes>;
  /** Changes facts of a live reservation without moving it. */
  patchReservation(id: number, patch: ReservationPatch): Promise<void>;
  moveAllocation(id: number, from: readonly AllocationState[], to: AllocationState): Promise<boolean>;
  /** The same of a seat that nobody has claimed; false when somebody has. */
  moveSeat(id: number, from: readonly AllocationState[], to: AllocationState): Promise<boolean>;
  /** Another machine for a seat that was lost; false while none is free. */
  replaceSeat(id: number): Promise<boolean>;
  /** Tells who teaches, once each, that seats of a date have no machine. */
  tellOfLost(dateId: number): Promise<void>;
  /** Are all machines ready that its reservation has beside this one? Its guard row is changed before they are looked at. */
  othersReady(allocationId: number): Promise<boolean>;
  /** Its reservation comes to nothing: the machines that it has beside this one are given back, clean. */
  giveUpOthers(allocationId: number): Promise<void>;
  /**
   * Lets an allocation last until `end`, its hold with the clean-up after it, and those that are had together with it. Where the
   * next booking abuts, that one is moved to another node; where it cannot be, the end is cut. Returns the end that holds.
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
  /**
   * Holds all seats of a date of a block that is being approved. Where there are not enough, the date is left out if its block says so;
   * else (`short`) everything goes back.
   */
  holdDate(dateId: number): Promise<'held' | 'skipped' | 'short'>;
  /** The seats of a date that nobody claimed go back. */
  giveBackDate(dateId: number): Promise<void>;
  /** What the block of this task has come to, which is told to who asked for it. */
  endBlock(): Promise<void>;
  patchNode(id: number, patch: NodePatch): Promise<void>;
  /** Keeps what a node's BMC said of itself. */
  keepBmc(id: number, info: BmcInfo): Promise<void>;
  /**
   * The commission that a node was asked for and that has not ended: it begins now, or began before. `back`: it comes into
   * service when it passes. Null when none is wanted any more.
   */
  beginCommission(nodeId: number): Promise<{ readonly back: boolean } | null>;
  /** What came of it: of each part, or (`says`) why it came to nothing. Kept for good. */
  endCommission(nodeId: number, came: CommissionEnd): Promise<void>;
  /**
   * Keeps what a node is made of, and takes down what was entered of it and is not there. Resolves with how it differs from what was
   * found before, a sentence each.
   */
  keepInventory(nodeId: number, found: Inventory): Promise<readonly string[]>;
  /** Takes a node that is out of service back: it is loaded anew before anybody has it. */
  takeBack(nodeId: number): Promise<void>;
  /** Those of the machines seen by a pool that are no nodes are its discovered ones. Resolves with the addresses of new ones. */
  keepSeen(poolId: number, seen: readonly SeenMachine[]): Promise<readonly string[]>;
  /** Appends to the history of a node that is not the task's own. */
  nodeEvent(id: number, kind: string, facts: Readonly<Record<string, unknown>>): Promise<void>;
  /** Keeps what a check that began at `at` found of a pool's imaging network. Resolves with what is new: something is wrong, or nothing any more. */
  keepNetwork(poolId: number, checks: readonly PoolCheck[], at: number): Promise<'broke' | 'mended' | null>;
  /** Keeps how a node's BMC is. */
  keepLook(id: number, look: BmcLook): Promise<void>;
  /** Keeps what a node's BMC has where nothing was known of it; else answers, in clauses, how it differs from that. */
  keepAudit(
    id: number,
    found: BmcAudit,
  ): Promise<{ readonly differs: readonly string[]; readonly news: boolean }>;
  /** How often in a row a node was switched back lately because somebody else had switched it; loading it anew ends the row. */
  switchedBack(id: number): Promise<number>;
  /**
   * Takes an idle node out of order until its BMC answers again (`bmc`), or until somebody tries it again (null); false for one
   * that somebody has, or that is out already.
   */
  faultNode(id: number, because: string, fault: 'bmc' | null): Promise<boolean>;
  /** That has passed: true when the node is in order again by it. What people took out of service stays out. */
  clearFault(id: number): Promise<boolean>;
  /** Keeps what came of a node's disks when they were cleaned, and notes it in its history. */
  keepCleaning(id: number, disks: readonly CleanedDisk[]): Promise<void>;
  /** Removes a node that nobody has or will have; false while somebody does. */
  removeNode(id: number): Promise<boolean>;
  /**
   * Draws a new load number and new secrets for the node, once per task: a retry goes on with the same load. From here on
   * artefacts of older loads are leftovers, and the node counts as holding no image until `patchNode` says which. Its phases are kept.
   */
  beginLoad(nodeId: number, revision: RevisionFacts): Promise<void>;
  /** Ends the try that this task has open, as loaded or with why it failed; nothing where none is open. */
  endLoad(failure: string | null): Promise<void>;
  /** Evidence against a revision: it failed on two machines of one reservation. It is not loaded any more until retried. */
  suspectRevision(id: number, because: string): Promise<void>;
  /**
   * Begins to save a reservation's machine: as a revision of its image where its person may make one, else as an image of
   * their own. False when it is not running any more.
   */
  saveByItself(reservationId: number): Promise<boolean>;
  /** Opens a server without that anybody asks: it has a way in from now on. False while it cannot have one. */
  openServer(reservationId: number): Promise<boolean>;
  /** Keeps an account for everybody of a server's groups who has none yet; closed. */
  addMembers(reservationId: number): Promise<void>;
  /** What somebody's account on a server is on the machine now; null: closed. */
  memberIs(reservationId: number, id: number, as: string | null): Promise<void>;
  /** A revision's file is there: it can be loaded. The first of its image becomes the production one. */
  revisionReady(id: number, captured: Captured): Promise<void>;
  /** A deleted revision that no machine holds, and that nobody is going to be given. */
  isUnused(revisionId: number): Promise<boolean>;
  /** A deleted revision's file is gone. */
  forgetRevision(id: number): Promise<void>;
  /** Its image's bookings get this revision from now on; the one before is remembered. */
  makeProduction(revisionId: number): Promise<boolean>;
  /** Replaces what is known of a place's artefacts that are not ours: shown, never touched. */
  quarantine(
    placeId: number,
    artefacts: readonly { readonly name: string; readonly what: string }[],
  ): Promise<void>;
  /** Keeps how long a load of a node (or a step of it) took; feeds every estimate. Milliseconds. */
  measured(imageId: number, nodeId: number, step: string, milliseconds: number): Promise<void>;
  eraseSecrets(reservationId: number): Promise<void>;
  queue(task: NewTask): Promise<number>;
  /** A person's public SSH keys at this moment; after their reservation was changed, nobody else is changing them. */
  sshKeys(userId: number): Promise<readonly string[]>;
  /** The way into a node was opened for a reservation: who had which address is kept a year. */
  accessOpened(reservationId: number, nodeId: number, endpoint: Endpoint): Promise<void>;
  /** Somebody was connected to the person's SSH from there: seen by this computer, or told by the machine. Once for each address. */
  connectedFrom(
    reservation: Pick<ReservationFacts, 'id' | 'userId' | 'isServer'>,
    how: 'ssh-seen' | 'ssh-told',
    from: string,
  ): Promise<void>;
  /** Appends to the history of the task's reservation, or of the one named. */
  event(kind: string, facts?: Readonly<Record<string, unknown>>, reservationId?: number): Promise<void>;
  /**
   * Tells the reservation's person on the page and by mail, once per key; false when they were told before. What is about an
   * image leads there, and stays on Home when the reservation has ended.
   */
  notify(
    reservationId: number,
    key: string,
    facts?: Readonly<Record<string, unknown>>,
    imageId?: number,
  ): Promise<boolean>;
  /** Mails a booking's person an invitation, if what it says is not what they were told last. */
  invite(reservationId: number): Promise<void>;
  /** Notes that its person is told something in their terminals alone; false where that was noted before. */
  noteSaid(reservationId: number, key: string): Promise<boolean>;
  /** It was said in its terminals. */
  said(noticeId: number): Promise<void>;
  /**
   * Tells an image's owner, and whoever asked for this task, on Home and by mail, each once per key. Earlier notices about it of
   * the kinds that it `replaces` are true no more: they are put away, and who still saw one is told too.
   */
  notifyOfImage(
    imageId: number,
    key: string,
    facts: Readonly<Record<string, unknown>>,
    replaces: readonly string[],
  ): Promise<void>;
}
