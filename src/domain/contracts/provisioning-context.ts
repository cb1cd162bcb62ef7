/** What the core hands to functions of a provisioning module. */
import type { Endpoint, LoadSecrets, NodeFacts, Reach } from './facts.ts';
import type { ModuleContext } from './module-context.ts';
import type { BoundOs } from './os.ts';

/** A context with the pool's settings, parsed by the module's own schema, and the OS module of the image (null: none applies). */
export interface ProvisioningContext<Settings = unknown> extends ModuleContext {
  readonly settings: Settings;
  readonly os: BoundOs | null;
  /** The same OS module on another machine that has the image for a moment, as a copy to be cleaned; null where none applies. */
  readonly osAt: ((machine: OtherMachine) => BoundOs) | null;
}

/** Where a machine's SSH answers, and the secrets that it was made with. */
export interface OtherMachine {
  readonly endpoint: Endpoint;
  readonly secrets: LoadSecrets;
}

/** What functions on a whole pool are given. */
export interface PoolContext<Settings = unknown> {
  readonly installation: string;
  readonly directory: string;
  readonly settings: Settings;
  readonly signal: AbortSignal;
}

/** What a pool is checked with: what may be reached from its machines, and which it has. */
export interface PoolCheckContext<Settings = unknown> extends PoolContext<Settings> {
  readonly reach: Reach;
  readonly nodes: readonly NodeFacts[];
}
