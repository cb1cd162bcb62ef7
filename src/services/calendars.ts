/** What people do with their own calendar: part of `Services`. */
import type { CalendarAddressView, CalendarEntry, PublishedCalendar, SignedIn } from './views.ts';

type Me = SignedIn;

export interface CalendarServices {
  /**
   * One's reservations and the classes of one's courses that lie within `from` <= t < `until` (400 days at most), in order.
   * `input.invalid` for other windows.
   */
  ownCalendar(me: Me, window: { readonly from: number; readonly until: number }): Promise<CalendarEntry[]>;
  /** One reservation as calendars take it. */
  calendarEntry(me: Me, reservationId: number): Promise<CalendarEntry>;
  calendarAddress(me: Me): Promise<CalendarAddressView>;
  /** A new secret for the address under which one's calendar is read; an older one is revoked. It is told here once. */
  newCalendarAddress(me: Me): Promise<string>;
  /** `not-found` where there is none. */
  revokeCalendarAddress(me: Me): Promise<void>;
  /** `calendar.unknown`, `calendar.revoked`: nobody's calendar is there, or not any more. */
  publishedCalendar(secret: string): Promise<PublishedCalendar>;
  /** Whether bookings are mailed as invitations. */
  setInvited(me: Me, invited: boolean): Promise<void>;
}
