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
