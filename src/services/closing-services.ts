/** Closed hours and maintenance windows: part of `Services`. All of it is `calendar.manage`. */
import type { OpenHours } from '../domain/weekly-hours.ts';
import type { Once } from './requests.ts';
import type * as view from './views.ts';

type Me = view.SignedIn;

export interface ScheduleWish {
  readonly name: string;
  readonly timeZone: string;
  readonly hours: readonly OpenHours[];
}

/** Which nodes: all, or those of pools, racks or of themselves by name. */
export interface NodesChosen {
  readonly kind: 'all' | 'pool' | 'rack' | 'nodes';
  readonly named: readonly string[];
}

/** Epoch milliseconds; a part of a quarter hour counts whole. */
export interface MaintenanceWish {
  readonly reason: string;
  readonly timeZone: string;
  readonly from: number;
  readonly until: number;
  readonly nodes: NodesChosen;
  /** What becomes of bookings that cannot be moved. */
  readonly bookings: 'tell' | 'end';
}

/** What is absent stays. `version`: the one that was shown; another by now is refused. */
type Changes<Wish> = { readonly [Key in keyof Wish]?: Wish[Key] | undefined } & {
  readonly version?: number | undefined;
};

/** Which of a window's nodes. */
export interface NodesPart {
  readonly offset: number;
  readonly limit: number;
}

export interface ClosingServices {
  listSchedules(me: Me): Promise<readonly view.ScheduleView[]>;
  getSchedule(me: Me, id: number): Promise<view.ScheduleDetailView>;
  addSchedule(me: Me, wish: ScheduleWish, once?: Once): Promise<{ readonly id: number }>;
  editSchedule(me: Me, id: number, changes: Changes<ScheduleWish>): Promise<void>;
  /** Its nodes are open always from then on. */
  removeSchedule(me: Me, id: number): Promise<void>;
  /** These nodes keep it from now on; with null, none. How many changed. */
  assignSchedule(me: Me, id: number | null, nodes: NodesChosen): Promise<{ readonly changed: number }>;

  /** Open ones first, then the newest that are over. */
  listMaintenance(me: Me): Promise<readonly view.MaintenanceView[]>;
  /** With so many of its nodes, by name; the first 500 unless told. */
  getMaintenance(me: Me, id: number, part?: NodesPart): Promise<view.MaintenanceDetailView>;
  /** What would become of each booking, as things stand. Throws what `addMaintenance` would. */
  previewMaintenance(me: Me, wish: MaintenanceWish): Promise<view.MaintenancePreview>;
  addMaintenance(me: Me, wish: MaintenanceWish, once?: Once): Promise<{ readonly id: number }>;
  /** Moves, shortens or lengthens it; `maintenance.over` when it has ended. */
  editMaintenance(me: Me, id: number, changes: Changes<Omit<MaintenanceWish, 'nodes'>>): Promise<void>;
  /** Ends it early; one that has not begun is cancelled. */
  endMaintenance(me: Me, id: number): Promise<void>;
}
