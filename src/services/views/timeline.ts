/** What is on which node when. */
import type { AllocationPurpose, AllocationState, NodeState } from '../../domain/states.ts';
import type { NodeView } from './fleet.ts';
import type { Listing, StateCount } from './paging.ts';

export interface AllocationView {
  readonly id: number;
  readonly nodeId: number;
  readonly node: string;
  readonly reservationId: number | null;
  readonly purpose: AllocationPurpose;
  readonly state: AllocationState;
  readonly start: number;
  readonly end: number;
  /** With the load before and the clean-up after it; of what is released, as far as it came. */
  readonly from: number;
  readonly until: number;
  /** Whose it is, and what is loaded for it. */
  readonly user: string | null;
  readonly image: string | null;
  /** What it is part of: its class, its maintenance window, its schedule. */
  readonly of: {
    readonly kind: 'block' | 'maintenance' | 'schedule';
    readonly id: number;
    readonly title: string;
  } | null;
}

export interface AllocationDetailView extends AllocationView {
  readonly nodeState: NodeState;
  /** Its load has not begun: it can go to another node. */
  readonly movable: boolean;
  /** Some of those that are free for it; best first. */
  readonly moves: readonly { readonly id: number; readonly name: string }[];
}

export interface TimelineRow {
  readonly node: NodeView;
  /** By time; they do not overlap, but for one that failed. */
  readonly held: readonly AllocationView[];
}

/** Some of the nodes with what is on them, how many are in each state, and the pools there are. */
export interface TimelineView extends Listing<TimelineRow> {
  readonly states: readonly StateCount<NodeState>[];
  readonly pools: readonly string[];
  readonly now: number;
}
