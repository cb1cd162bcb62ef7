/** Parts of lists. */

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A part of a list, and how many there are in all. */
export interface Listing<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** How many of a list are in a state, whichever the filter chose. */
export interface StateCount<State extends string> {
  readonly state: State;
  readonly count: number;
}
