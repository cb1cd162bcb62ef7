/** Pools: what they are, what their modules can be told, and what a test of one found. */
import type { Reach } from '../../domain/contracts/facts.ts';
import type { PoolCheck } from '../../domain/contracts/provisioning.ts';
import type { IdleRules } from '../../domain/idle-rules.ts';

export interface PoolView {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly moduleTitle: string;
  readonly simulated: boolean;
  /** Its machines are real, and entered with their BMC. */
  readonly bareMetal: boolean;
  readonly reach: Reach;
  readonly nodes: number;
  readonly available: number;
}

export interface PoolSettingsView extends IdleRules {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly reach: Reach;
  readonly version: number;
  readonly nodes: number;
  /** Its machines start from a network, which is checked. */
  readonly fromNetwork: boolean;
  readonly settings: readonly PoolSettingView[];
}

/** A setting as its module describes it. */
export interface PoolSettingView {
  readonly name: string;
  readonly description: string;
  readonly kind: 'number' | 'list' | 'text';
  /** Where only these will do. */
  readonly options: readonly string[];
  readonly value: unknown;
}

/** What a pool can be made of. */
export interface PoolChoicesView {
  readonly modules: readonly {
    readonly id: string;
    readonly title: string;
    readonly simulated: boolean;
    /** With its defaults. */
    readonly settings: readonly PoolSettingView[];
  }[];
  /** Where its machines would be. */
  readonly places: readonly string[];
}

/** The last test of a pool. */
export interface PoolTestView {
  readonly taskId: number;
  readonly state: 'queued' | 'running' | 'done' | 'failed';
  /** When it was asked for, and when it ended. */
  readonly askedAt: number;
  readonly endedAt: number | null;
  /** Where it runs. */
  readonly place: string;
  /** Why there is nothing to show, where it failed. */
  readonly failure: string | null;
  readonly checks: readonly PoolCheck[];
  /** The pool was changed since. */
  readonly outdated: boolean;
}

/** What was found of the network that a pool's machines start from. */
export interface PoolNetworkView {
  readonly pool: { readonly id: number; readonly name: string };
  readonly place: string;
  /** When it was checked last; null: never. */
  readonly checkedAt: number | null;
  /** Somebody wants it checked, and it is not yet. */
  readonly underWay: boolean;
  /** How often it is checked by itself, in seconds. */
  readonly everySeconds: number;
  /** Since when something is wrong. */
  readonly wrongSince: number | null;
  /** In the order in which a machine meets them; none where its machines start without a network. */
  readonly checks: readonly PoolCheck[];
}
