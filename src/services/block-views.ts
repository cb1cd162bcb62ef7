/** What is answered about seats of classes. Times are epoch milliseconds, dates those of the course's time zone. */
import type { BlockDateState, BlockState } from '../domain/blocks.ts';
import type { Recurrence } from '../domain/recurrence.ts';

export interface NamedImage {
  readonly name: string;
  readonly title: string;
}

export interface BlockView {
  readonly id: number;
  readonly course: { readonly id: number; readonly name: string };
  readonly image: NamedImage;
  readonly seats: number;
  readonly timeZone: string;
  readonly recurrence: Recurrence;
  /** In words. */
  readonly when: string;
  readonly comment: string;
  readonly graceMinutes: number | null;
  readonly state: BlockState;
  /** Why, in a sentence. */
  readonly says: string | null;
  readonly askedBy: string;
  readonly decidedBy: string | null;
  readonly createdAt: number;
  /** Its dates: all, those whose seats are held, those left out. */
  readonly dates: number;
  readonly held: number;
  readonly skipped: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly version: number;
}

export interface BlockDateView {
  readonly id: number;
  readonly date: string;
  readonly start: number;
  readonly end: number;
  readonly seats: number;
  readonly image: NamedImage;
  readonly state: BlockDateState;
  readonly says: string | null;
  readonly isOver: boolean;
  /** Of its seats: those that were there when it began (or are for it), those that were claimed, those that were lost. */
  readonly held: number;
  readonly claimed: number;
  readonly lost: number;
}

export interface BlockDetailView extends BlockView {
  readonly occurrences: readonly BlockDateView[];
  readonly can: {
    readonly decide: boolean;
    readonly change: boolean;
    readonly withdraw: boolean;
  };
}

/** A class that somebody attends. */
export interface ClassView {
  readonly dateId: number;
  readonly course: string;
  readonly image: NamedImage;
  readonly start: number;
  readonly end: number;
  /** From when on its seats can be claimed, and whether they can be now. */
  readonly opens: number;
  readonly isOpen: boolean;
  /** It was ended early: nobody comes in any more. */
  readonly isEnding: boolean;
  /** It is open, and every seat is somebody's. */
  readonly isFull: boolean;
  /** Their seat, or the machine of that environment that they have anyway. */
  readonly reservationId: number | null;
}

/** `down`: its machine went down and does not start again. `left`: who had it has ended it. */
export const tileStates = ['lost', 'down', 'loading', 'unclaimed', 'ready', 'connected', 'left'] as const;
export type TileState = (typeof tileStates)[number];

/** One seat on the wall of a class. */
export interface TileView {
  /** Null: a machine of that environment that somebody has anyway. */
  readonly seat: number | null;
  readonly state: TileState;
  /** Who has it; null where nobody does. */
  readonly person: string | null;
  readonly node: string | null;
  readonly reservationId: number | null;
  /** How far it is loaded, 0..1; null where nobody knows. */
  readonly fraction: number | null;
  /** Its machine is loaded, though nobody has it. */
  readonly isLoaded: boolean;
  readonly end: number;
}

export interface WallView {
  readonly blockId: number;
  readonly dateId: number;
  readonly course: string;
  readonly image: NamedImage;
  readonly timeZone: string;
  readonly start: number;
  readonly end: number;
  readonly now: number;
  readonly seats: number;
  /** Its seats are held and it is not over: something can be done about it. */
  readonly canRun: boolean;
  /** It was ended early: its end is counted down, and it can go on after all. */
  readonly isEnding: boolean;
  /** Its seats can be claimed, or have been. */
  readonly hasBegun: boolean;
  /** Trouble first. */
  readonly tiles: readonly TileView[];
  /** Who attends its course, by name. */
  readonly people: readonly ClassPersonView[];
}

export interface ClassPersonView {
  readonly name: string;
  readonly displayName: string;
  /** So many minutes longer than the class they keep their seat. */
  readonly extra: number;
  readonly isSeated: boolean;
  /** The machine of their seat went down and does not start again. */
  readonly isDown: boolean;
}

export type DateFit = 'fits' | 'fewer' | 'none' | 'skipped';

export interface PreviewDate {
  readonly date: string;
  readonly start: number;
  readonly end: number;
  readonly seats: number;
  readonly image: NamedImage;
  readonly fit: DateFit;
  /** How many seats there are, at most as many as are asked for. */
  readonly fitting: number;
  /** Why there are no more. */
  readonly says: string | null;
  /** Other environments of which there are as many. */
  readonly others: readonly NamedImage[];
}

export interface BlockPreview {
  readonly course: { readonly id: number; readonly name: string; readonly timeZone: string };
  readonly image: NamedImage;
  readonly when: string;
  readonly dates: readonly PreviewDate[];
  /** How many of them fit, and how many do not. */
  readonly fitting: number;
  readonly short: number;
  /** What is in the way besides machines, in sentences. */
  readonly warnings: readonly string[];
}
