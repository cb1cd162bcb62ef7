/**
 * What a predictive module must be: it says what machines are to hold before anybody asks for them. It is pure: everything it may know
 * is what it is given, so that a simulated semester can ask it too. It moves nothing itself; the core loads what nobody waits for, takes
 * no bits for that, and gives way to people.
 */

/** A machine of the pools that the module looks after. */
export interface ForeseenNode {
  readonly id: number;
  /** Machines of one kind can load the same images. */
  readonly kind: string;
  /** The image that it holds, or is just being loaded with ahead; null: none. */
  readonly holds: number | null;
  /** It is being loaded ahead: it counts, and is not to be told otherwise. */
  readonly loading: boolean;
  /** Epoch ms at which whoever has it should be gone; null: anybody may have it now. */
  readonly busyUntil: number | null;
  /** What it is booked for, if that begins within `upcoming`. */
  readonly next: { readonly imageId: number; readonly at: number } | null;
}

export interface ForeseenImage {
  readonly id: number;
  /** So many machines are to hold it always, ready to be had. */
  readonly spares: number;
  /** Idle machines of other pools that hold it. */
  readonly elsewhere: number;
  /** The kinds of machine that can load it. */
  readonly kinds: ReadonlySet<string>;
}

/** Machines that people took of an image within some hours. */
export interface Taken {
  /** All of them, by their start. */
  readonly all: number;
  /** Those of them that were to start at once. */
  readonly atOnce: number;
}

/** What was taken in the past. */
export interface TakenHistory {
  /** Epoch ms, a whole hour: nothing is known of what was before. */
  readonly since: number;
  /** Within whole hours [from, until), epoch ms. */
  taken(imageId: number, from: number, until: number): Taken;
}

export interface Foresight {
  readonly now: number;
  /** Whose clock says which hour of which weekday it is. */
  readonly timeZone: string;
  readonly nodes: readonly ForeseenNode[];
  readonly images: readonly ForeseenImage[];
  readonly history: TakenHistory;
}

/** Why a machine is to hold what it is to hold; numbers are as they were when that was decided. */
export type AimReason =
  | { readonly why: 'booked'; readonly at: number }
  | { readonly why: 'spare'; readonly spares: number }
  | { readonly why: 'demand'; readonly expected: number }
  | { readonly why: 'popular'; readonly taken: number; readonly days: number }
  | { readonly why: 'empty' };

/** What a machine is to hold next: now if it is idle, else after whoever has it. */
export interface Aim {
  readonly nodeId: number;
  /** Null: nothing, it is emptied after whoever has it. */
  readonly imageId: number | null;
  readonly because: AimReason;
}

/** Bookings that begin within so many milliseconds say what a machine is to hold (vcl.md 4.4: 50 minutes). */
export const upcoming = 50 * 60_000;

/** For pages: what web and services may see of it. */
export interface PredictiveDescriptor {
  readonly title: string;
  /** What it does, in a sentence. */
  readonly says: string;
}

export interface PredictiveModule extends PredictiveDescriptor {
  /** What machines are to hold, the most urgent first; one that is not named stays as it is. */
  predict(seen: Foresight): readonly Aim[];
}
