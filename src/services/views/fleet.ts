/** Nodes, pools and what needs an administrator. */

import type { InspectedPart } from '../../domain/contracts/bare-metal.ts';
import type { BmcInfo, CleanedDisk, Firmware } from '../../domain/contracts/facts.ts';
import type { InventoryLine } from '../../domain/inventory.ts';
import type { AllocationPurpose, NodeState, OutFor, PowerState } from '../../domain/states.ts';
import type { LoadView } from './loads.ts';
import type { Listing, StateCount } from './paging.ts';
import type { AimView } from './prediction.ts';

export interface NodeView {
  readonly id: number;
  readonly name: string;
  readonly state: NodeState;
  readonly power: PowerState;
  readonly poolId: number;
  readonly pool: string;
  readonly image: string | null;
  readonly simulated: boolean;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly failure: string | null;
  readonly failedAt: number | null;
  /** Since when it is in its state. */
  readonly since: number;
  /** Wanted out of service. */
  readonly leaves: OutFor | null;
  /** Why it is out of service. */
  readonly because: string | null;
  readonly version: number;
  readonly reservationId: number | null;
  readonly user: string | null;
  /** Where it stands: the rack's name, and the unit counted from the bottom. */
  readonly rack: string | null;
  readonly unit: number | null;
}

/** Where a node is to stand; null: in no rack. */
export interface NodePlace {
  readonly node: string;
  readonly rack: string | null;
  readonly unit: number | null;
}

/** A node that is added, or could be. */
export interface NewNodeView {
  readonly line: number;
  readonly name: string;
  /** Null: one is made up. */
  readonly mac: string | null;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly image: string;
  /** Of bare metal: where its BMC is. */
  readonly bmc: string | null;
  readonly rack: string | null;
  readonly unit: number | null;
  readonly problems: readonly string[];
  /** Once it was added. */
  readonly id?: number | undefined;
}

/** A node's page. */
export interface NodeDetailView extends NodeView {
  readonly mac: string;
  /** Null where it is no bare metal. */
  readonly hardware: HardwareView | null;
  readonly load: number;
  /** Somebody could have logged in to it since it was loaded. */
  readonly tainted: boolean;
  /** Somebody's bytes may lie on its disks: it is cleaned before anybody else is given it. */
  readonly unclean: boolean;
  /** What came of its disks when they were cleaned last; null where they never were. */
  readonly cleaned: { readonly at: number; readonly disks: readonly CleanedDisk[] } | null;
  /** The image that it is loaded anew with, after whoever has it. */
  readonly nextImage: string | null;
  /** What prediction wants it to hold; null: what it has. */
  readonly aim: AimView | null;
  /** Who has it now. */
  readonly holder: { readonly reservationId: number; readonly user: string; readonly end: number } | null;
  /** From when it is out of service: after whoever has it, where that is wanted; null while it stays in service. */
  readonly outFrom: number | null;
  /** Bookings that have not begun. */
  readonly coming: number;
  /** What is done with it now, in words; null when nothing is. */
  readonly work: {
    readonly id: number;
    readonly title: string;
    readonly running: boolean;
    readonly because: string | null;
    /** When it runs by itself; lies behind while it runs. */
    readonly at: number;
  } | null;
  /** Its next 24 hours. */
  readonly schedule: readonly NodeHoldView[];
  /** Newest first. */
  readonly loads: readonly LoadView[];
  readonly events: readonly NodeEventView[];
  /** Names of the images that it can be loaded with. */
  readonly images: readonly string[];
  /** Of bare metal: what it is made of, as its agent found it; empty before it did. */
  readonly inventory: readonly InventoryLine[];
  /** Of bare metal: the last ones, newest first. */
  readonly commissions: readonly CommissionView[];
  /** How far it is while it is inspected: `fraction` of the step, 0..1 where it is known. */
  readonly inspecting: { readonly step: string; readonly fraction: number | null } | null;
  readonly now: number;
}

/** Looking at a machine and burning it in, asked for or done. */
export interface CommissionView {
  readonly id: number;
  readonly askedAt: number;
  /** Who asked for it. */
  readonly by: string | null;
  readonly beganAt: number | null;
  readonly endedAt: number | null;
  /** Null until it has ended. */
  readonly outcome: 'passed' | 'failed' | null;
  /** Why it did not pass. */
  readonly says: string | null;
  readonly parts: readonly InspectedPart[];
}

/** How a bare-metal machine is switched and reached. The BMC's password is in no answer. */
export interface HardwareView {
  readonly bmcHost: string;
  /** Null: the usual one. */
  readonly bmcPort: number | null;
  readonly bmcUsername: string;
  readonly firmware: Firmware;
  readonly address: string | null;
  readonly sshPort: number;
  /** What its BMC said of itself; null before it did. */
  /** Since when it does not answer, and what is amiss with it or its machine, in sentences; when it was asked last. */
  readonly silentSince: number | null;
  readonly troubles: readonly string[];
  readonly askedAt: number | null;
  readonly bmc: Pick<BmcInfo, 'manufacturer' | 'product' | 'version' | 'protocol' | 'warnings'> | null;
}

export interface NodeHoldView {
  readonly id: number;
  readonly purpose: AllocationPurpose;
  /** With the load before and the clean-up after it. */
  readonly from: number;
  readonly until: number;
  readonly start: number;
  readonly end: number;
  readonly reservationId: number | null;
  readonly user: string | null;
  readonly image: string | null;
}

/** What has come of an order to a node so far. */
export interface OrderOutcomeView {
  readonly nodeId: number;
  /** Null: it is gone. */
  readonly state: NodeState | null;
  /** A sentence. */
  readonly says: string;
  /** Nothing more will come of it. */
  readonly over: boolean;
}

export interface NodeEventView {
  readonly id: number;
  readonly at: number;
  readonly who: string | null;
  readonly text: string;
  readonly reservationId: number | null;
}

/** Some of the nodes, how many are in each state, and the pools there are. */
export interface NodesView extends Listing<NodeView> {
  readonly states: readonly StateCount<NodeState>[];
  readonly pools: readonly string[];
  /** How many machines were discovered and wait for a name. */
  readonly discovered: number;
}

export interface AttentionItem {
  readonly id: string;
  readonly kind:
    | 'node'
    | 'revision'
    | 'capture'
    | 'task'
    | 'artefact'
    | 'booking'
    | 'place'
    | 'network'
    | 'books'
    | 'block';
  /** One sentence. */
  readonly text: string;
  readonly since: number;
  /** Who is hit, in words; null when nobody. */
  readonly hits: string | null;
  /** The page of what it is about. */
  readonly about?: string;
  /** `link`: it leads to where it can be decided; else it is done at once. */
  readonly action: { readonly label: string; readonly path: string; readonly link?: true } | null;
}

export interface AttentionView {
  readonly items: readonly AttentionItem[];
  readonly lookedAt: number;
}
