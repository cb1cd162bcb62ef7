/** Pools: what they are, what their modules can be told, and what a test of one found. */
import type { Reach } from '../../domain/contracts/facts.ts';
import type { PoolCheck } from '../../domain/contracts/provisioning.ts';

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

export interface PoolSettingsView {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly reach: Reach;
  readonly version: number;
  readonly nodes: number;
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
