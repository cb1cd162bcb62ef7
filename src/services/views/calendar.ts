/** A person's own calendar. */
import type { ReservationState } from '../../domain/states.ts';

/** A reservation of theirs, or a class of a course that they are in or teach. Times are epoch milliseconds. */
export interface CalendarEntry {
  /** The same as long as it is the same thing, everywhere. */
  readonly uid: string;
  /** Higher each time that it was changed. */
  readonly sequence: number;
  /** The environment's. */
  readonly title: string;
  readonly image: string;
  readonly start: number;
  readonly end: number;
  /** Null: it is a class. */
  readonly reservation: { readonly id: number; readonly state: ReservationState } | null;
  readonly class: ClassEntry | null;
}

interface ClassEntry {
  readonly blockId: number;
  /** Which of its dates. */
  readonly dateId: number;
  readonly course: string;
  readonly seats: number;
  /** They teach it: else they may take a seat. */
  readonly teaches: boolean;
}

/** The private address under which a calendar is read; the address itself is shown once and kept nowhere. */
export interface CalendarAddressView {
  /** Null: there is none. */
  readonly madeAt: number | null;
  /** To the hour; null: never. */
  readonly readAt: number | null;
  /** Bookings are mailed as invitations. */
  readonly invited: boolean;
}

/** Whose calendar is behind an address. */
export interface PublishedCalendar {
  readonly displayName: string;
  readonly entries: readonly CalendarEntry[];
}
