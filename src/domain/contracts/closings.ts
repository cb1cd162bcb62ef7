/** What keeps nodes from people without anybody having them: closed hours and maintenance windows. */
import type { ClosingPurpose } from '../states.ts';
import { minute, type Window } from '../time.ts';

/** Whoever has a machine that goes into maintenance is told so long before, at the latest. Milliseconds (vcl.md 8.1). */
export const maintenanceWarning = 30 * minute;

/** A booking that lies in time in which its node is to be closed. */
export interface ClosedBooking {
  readonly allocationId: number;
  /** Null of a seat of a class that nobody has. */
  readonly reservationId: number | null;
  readonly blockDateId: number | null;
  readonly purpose: ClosingPurpose;
  /** Its load has not begun, nor its hold: it can go to another node. */
  readonly movable: boolean;
  readonly start: number;
  readonly end: number;
  /** Null for closed hours: their bookings stay, and are listed. */
  readonly maintenance: MaintenanceFacts | null;
}

/** One that is somebody's. */
export type TakenBooking = ClosedBooking & { readonly reservationId: number };

export interface MaintenanceFacts extends Window {
  readonly id: number;
  /** Grows with every change. */
  readonly version: number;
  readonly reason: string;
  readonly timeZone: string;
  /** What becomes of bookings that cannot be moved: their people are told, or they end when it begins. */
  readonly bookings: 'tell' | 'end';
  readonly createdBy: number;
}

/** What is due of a place's closings. */
export interface ClosingsDue {
  readonly now: number;
  /** Nodes whose bits do not say yet what their schedule is. */
  readonly schedules: readonly number[];
  /** Nodes that a maintenance window has still to be carried out on, as it stands now. */
  readonly maintenance: readonly { readonly windowId: number; readonly nodeId: number }[];
  /** Something is free that should be closed. */
  readonly gaps: readonly { readonly nodeId: number; readonly window: Window }[];
  readonly bookings: readonly ClosedBooking[];
  /** When to look again, if nothing is changed before. */
  readonly next: number;
}

/** The changes to closings, as part of a state writer. */
export interface ClosingWriter {
  /** Makes a node's bits say what its schedule is. */
  keepSchedule(nodeId: number): Promise<void>;
  /** Nodes that belong to a maintenance window of this place and are not in it yet are now; what has ended for good is closed. */
  keepWindows(): Promise<void>;
  /** Carries a maintenance window out on one node as far as time has come: holds, takes out of service, gives back. */
  keepMaintenance(windowId: number, nodeId: number): Promise<void>;
  /** Closes what of a node should be closed and is free. */
  closeGaps(nodeId: number, window: Window): Promise<void>;
  /** Closed hours that are over give their bits back; true while there are more. */
  releasePast(): Promise<boolean>;
  /** Does a booking still lie in time in which this maintenance window is to close its node? Its guard row is changed first. */
  isInTheWay(allocationId: number, windowId: number): Promise<boolean>;
  /** A reservation ends by `end` at the latest: its watch looks again. */
  cutReservation(booking: TakenBooking, end: number): Promise<void>;
  /** Tells who teaches, once each, that seats of a date are in the way of maintenance and no other machine is free for them. */
  tellOfClosedSeats(dateId: number, maintenance: MaintenanceFacts): Promise<void>;
  /** Ends a reservation as this person would, in any live state, and tells whose it is. */
  endReservation(id: number, by: number, reason: string): Promise<void>;
}
