/** What administrators are answered. Times are epoch milliseconds. */

/** Somebody's time with a node. */
export interface SpellView {
  readonly reservationId: number;
  readonly user: {
    readonly id: number;
    readonly name: string;
    readonly displayName: string;
    readonly email: string | null;
  };
  readonly image: string;
  /** Null when the node is gone. */
  readonly node: string | null;
  /** Where their way in was, `host:port`; null when it was never opened. */
  readonly address: string | null;
  readonly from: number;
  /** Null: they still have it. */
  readonly until: number | null;
  readonly cameFrom: readonly WhenceView[];
}

/** An address that somebody came from, and what they did there first. */
export interface WhenceView {
  readonly address: string;
  readonly how: 'connect' | 'terminal' | 'files';
  readonly at: number;
}
