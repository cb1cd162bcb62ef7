/** What administrators do with pools: part of `Services`. */
import type { PoolSort } from '../../db/queries/pools.ts';
import type { Reach } from '../domain/contracts/facts.ts';
import type { IdleRuleChanges } from '../domain/idle-rules.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type * as view from './views.ts';

type Me = view.SignedIn;

/** What is absent stays. */
export interface PoolChanges extends IdleRuleChanges {
  readonly name?: string | undefined;
  readonly reach?: Reach | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

export interface NewPool extends IdleRuleChanges {
  readonly name: string;
  readonly module: string;
  /** Absent: nothing. */
  readonly reach?: Reach | undefined;
  /** The place that its machines are at; absent where there is one alone. */
  readonly place?: string | undefined;
  /** What is absent is the module's default. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
}

export interface PoolServices {
  listPools(me: Me, request: PageRequest): Promise<view.Page<view.PoolView>>;
  findPools(me: Me, request: ListRequest<PoolSort>): Promise<view.Listing<view.PoolView>>;
  poolChoices(me: Me): Promise<view.PoolChoicesView>;
  poolSettings(me: Me, id: number): Promise<view.PoolSettingsView>;
  /** Settings that its module does not take are named, each of them. Returns its id. */
  createPool(me: Me, pool: NewPool, once?: Once): Promise<number>;
  editPool(me: Me, id: number, changes: PoolChanges): Promise<void>;
  /** One without nodes; `pool.in-use`. */
  removePool(me: Me, id: number, version?: number): Promise<void>;
  /** Lets its module try it out, at its place; waits at most 20 s for what it finds. One test of a pool at a time. */
  testPool(me: Me, id: number, once?: Once): Promise<view.PoolTestView>;
  /** The last test; null when there was none. */
  poolTest(me: Me, id: number): Promise<view.PoolTestView | null>;
  /** What was found of the network that its machines start from; `not-found` where they start from none. */
  poolNetwork(me: Me, id: number): Promise<view.PoolNetworkView>;
  /** Has it checked now; waits at most 20 s for what is found. */
  checkPoolNetwork(me: Me, id: number): Promise<view.PoolNetworkView>;
}
