import type { PhaseSaid } from '../load-phases.ts';
import type { LoadSecrets, NodeFacts, PoolFacts, RevisionFacts } from './facts.ts';

/**
 * One line of progress that people see. `fraction` is 0..1 when it is known: no percentage is better than a wrong one. `about`:
 * while loading, which phase has begun, how long ago that was, and what it writes.
 */
export type Progress = (step: string, fraction?: number, about?: PhaseSaid) => void;

/** Static message, facts beside it; the reservation and node are added by the context. */
export interface ModuleLog {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What every module function is given: all it may touch. What is not in here it cannot do. */
export interface ModuleContext {
  /** The installation's id: every artefact is named with it. */
  readonly installation: string;
  /** A private directory of this pool at its place; the module may keep files there. */
  readonly directory: string;
  readonly node: NodeFacts;
  readonly pool: PoolFacts;
  /** The revision that is (or shall be) on the node. Null where nothing is to be loaded. */
  readonly revision: RevisionFacts | null;
  readonly secrets: LoadSecrets | null;
  /** Fires on ending, time-out, shutdown and lost lease. A module stops soon after and rejects with `signal.reason`. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which the work is given up. */
  readonly deadline: number;
  /** 1 for the first try of this task. */
  readonly attempt: number;
  readonly progress: Progress;
  readonly log: ModuleLog;
}
