/** Closed hours and maintenance windows. */
import type { OpenHours } from '../../domain/weekly-hours.ts';

export interface ScheduleView {
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  readonly hours: readonly OpenHours[];
  readonly version: number;
  /** How many nodes keep it, and how many of them are not closed yet as it says. */
  readonly nodes: number;
  readonly waiting: number;
}

/** A booking that stays though its node is to be closed, and whom to tell. */
export interface StayingBookingView {
  /** Null of a seat of a class that nobody has. */
  readonly reservationId: number | null;
  /** The class that it is a seat of. */
  readonly class: { readonly blockId: number; readonly dateId: number; readonly course: string } | null;
  readonly nodeId: number;
  readonly node: string;
  readonly title: string;
  readonly user: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly start: number;
  readonly end: number;
}

export interface ScheduleDetailView extends ScheduleView {
  readonly keptBy: readonly { readonly id: number; readonly name: string; readonly waiting: boolean }[];
  readonly stays: readonly StayingBookingView[];
}

export type MaintenancePhase = 'planned' | 'running' | 'ending' | 'over' | 'cancelled';

export interface MaintenanceView {
  readonly id: number;
  readonly reason: string;
  readonly timeZone: string;
  readonly from: number;
  readonly until: number;
  /** Which nodes, as they were chosen: names of pools, racks or nodes. */
  readonly nodes: { readonly kind: 'all' | 'pool' | 'rack' | 'nodes'; readonly named: readonly string[] };
  readonly bookings: 'tell' | 'end';
  readonly phase: MaintenancePhase;
  readonly endedAt: number | null;
  readonly version: number;
  /** How many nodes are in it, and how many of them are not held, out or back yet as they should be. */
  readonly count: number;
  readonly waiting: number;
}

export interface MaintenanceDetailView extends MaintenanceView {
  readonly by: string;
  readonly affected: readonly {
    readonly id: number;
    readonly name: string;
    readonly state: string;
    /** `left`: people took it out of service themselves. */
    readonly part: 'planned' | 'out' | 'left' | 'over';
  }[];
  readonly stays: readonly StayingBookingView[];
}

/** What would become of a booking. */
export type BookingFate = 'moved' | 'told' | 'ended';

export interface MaintenancePreview {
  readonly from: number;
  readonly until: number;
  readonly count: number;
  readonly moved: number;
  readonly told: number;
  readonly ended: number;
  /** Nodes on which something is booked, so many at most. */
  readonly nodes: readonly {
    readonly id: number;
    readonly name: string;
    readonly bookings: readonly {
      readonly title: string;
      readonly user: string;
      readonly start: number;
      readonly end: number;
      readonly running: boolean;
      readonly fate: BookingFate;
    }[];
  }[];
  /** There is more than is shown. */
  readonly more: boolean;
}
