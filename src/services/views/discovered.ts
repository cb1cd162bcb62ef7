/** A machine that started from a pool's network and is no node. Nothing was written to it. */
export interface DiscoveredView {
  readonly id: number;
  readonly poolId: number;
  readonly pool: string;
  readonly mac: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** How often it started from there. */
  readonly times: number;
  /** Somebody said that it is none of ours. */
  readonly ignored: boolean;
}
