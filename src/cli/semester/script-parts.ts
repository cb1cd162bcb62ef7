/** How large a semester is. */
export interface SemesterSize {
  readonly nodes: number;
  readonly classes: number;
  readonly students: number;
  readonly weeks: number;
  readonly images: number;
  /** Machines that a student takes in a week by themselves, on average. */
  readonly perWeek: number;
  /** Most seats of a class. */
  readonly seats: number;
  readonly seed: number;
  /** The predictive module that looks after the machines. */
  readonly predictive: string;
}

export const timeZone = 'America/New_York';

/** A class that is held once a week; which of the images, instructors and students by number. */
export interface ClassPlan {
  readonly number: number;
  readonly image: number;
  readonly seats: number;
  /** 1 for Monday. */
  readonly weekday: number;
  readonly from: string;
  readonly until: string;
  /** Dates that are left out. */
  readonly except: readonly string[];
  readonly students: readonly number[];
}

/** What somebody does with a machine that they have. */
export interface Plans {
  /** They press Connect; else it is taken back because nobody did. */
  readonly comes: boolean;
  /** They leave after so many minutes on it; null: they stay until its end. */
  readonly leaves: number | null;
  /** Shortly before its end they want so many minutes more; null: they do not. */
  readonly extends: number | null;
}

/** Somebody takes a machine: at once, or for later. */
export interface BookEvent extends Plans {
  readonly kind: 'book';
  readonly at: number;
  readonly student: number;
  readonly image: number;
  readonly minutes: number;
  /** A start in the future; null: at once. */
  readonly start: number | null;
  /** Where nothing is free, they wait for it. */
  readonly waits: boolean;
}

/** Somebody takes their seat of the class that begins at `start`. */
export interface ClaimEvent {
  readonly kind: 'claim';
  readonly at: number;
  readonly student: number;
  readonly class: number;
  readonly start: number;
}

export type SemesterEvent = BookEvent | ClaimEvent;

export interface SemesterScript {
  readonly size: SemesterSize;
  /** The Monday on which all is made, six in the morning. */
  readonly begins: number;
  readonly ends: number;
  readonly firstDate: string;
  readonly lastDate: string;
  readonly classes: readonly ClassPlan[];
  /** In the order of time. */
  readonly events: readonly SemesterEvent[];
}

/** When it is. */
export interface Term {
  readonly begins: number;
  readonly firstDate: string;
  readonly lastDate: string;
}
