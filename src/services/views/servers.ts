/** Servers: machines for long that groups of people get into. */

/** What a reservation is besides, where it is a server. */
export interface ServerView {
  readonly name: string;
  /** Its end is carried forward. */
  readonly openEnded: boolean;
  /** Whose people get in, each with an account of their own. */
  readonly loginGroup: string | null;
  /** Whose people get in too, and may change, extend, restart and end it. */
  readonly adminGroup: string | null;
}

/** What one may take, and whom one may let in. */
export interface ServerChoicesView {
  /** How many more one may have; null: any number. */
  readonly more: number | null;
  readonly images: readonly { readonly name: string; readonly title: string }[];
  readonly groups: readonly string[];
}
