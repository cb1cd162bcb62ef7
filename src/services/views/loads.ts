/** Loads of nodes, with the phases that they went through. */
import type { LoadOutcome, PhaseTime, SlowerPhase } from '../../domain/load-phases.ts';
import type { Listing, StateCount } from './paging.ts';

/** One try at loading a node. */
export interface LoadView {
  readonly id: number;
  /** `name` is null once the node is gone. */
  readonly node: { readonly id: number; readonly name: string | null };
  readonly pool: string | null;
  readonly taskId: number;
  readonly reservation: { readonly id: number; readonly user: string } | null;
  /** Why it was loaded: for a booking, after one, ... */
  readonly why: string;
  /** `tiny-v3`: what was put on it. */
  readonly image: string;
  /** The kind of machine, as its BMC says; empty where nobody does. */
  readonly model: string;
  readonly outcome: LoadOutcome;
  readonly at: number;
  /** Until it was loaded or failed; of one that runs, until now. */
  readonly milliseconds: number;
  /** In the order they came; together they are `milliseconds`. */
  readonly phases: readonly PhaseTime[];
  /** What such loads usually take, in the order of phases; empty while nobody knows. */
  readonly usual: readonly PhaseTime[];
  /** What took at least twice as long as usual at the time. */
  readonly slower: readonly SlowerPhase[];
  /** Of one that runs: what is said of it now, and how far that is (0..1). */
  readonly step: string | null;
  readonly fraction: number | null;
  readonly failure: string | null;
}

export interface LoadsView extends Listing<LoadView> {
  readonly states: readonly StateCount<LoadOutcome>[];
  readonly pools: readonly string[];
}
