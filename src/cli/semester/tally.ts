/** What came of what people did in a semester, counted while it happens. */
export interface Tally {
  /** How often somebody `booked`, `claimed` a seat, `waits` in the line or `left`; else the code of the refusal. */
  readonly came: Map<string, number>;
  /** Seats of classes when those began: all, and those that were ready or in use. */
  readonly seats: { all: number; ready: number };
  /** Images that an operator allowed again. */
  allowed: number;
}

export function newTally(): Tally {
  return { came: new Map(), seats: { all: 0, ready: 0 }, allowed: 0 };
}

export function count({ came }: Tally, what: string): void {
  came.set(what, (came.get(what) ?? 0) + 1);
}

/** What somebody, or whoever measures, does later because of what happened before. */
export interface Follow {
  readonly at: number;
  readonly act: () => Promise<unknown>;
}
