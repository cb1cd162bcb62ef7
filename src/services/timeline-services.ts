/** What is on which node when: part of `Services`, for operators. */
import type { AllocationPurpose } from '../domain/states.ts';
import type { Window } from '../domain/time.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type * as view from './views.ts';

type Me = view.SignedIn;

/** Empty and absent ones do not filter. */
export interface TimelineFilter {
  /** A part of the node's name, of its person's, or of its address. */
  readonly search?: string | undefined;
  readonly state?: string | undefined;
  /** Names. */
  readonly pool?: string | undefined;
  readonly rack?: string | undefined;
  /** Whose, and what is on the node within the window. */
  readonly person?: string | undefined;
  readonly image?: string | undefined;
  /** Those that somebody has within the window; those that nobody has. Closed hours are nobody's. */
  readonly only?: 'busy' | 'free' | undefined;
}

export interface TimelineRequest extends ListRequest<'name'> {
  readonly filter: TimelineFilter;
  /** At most a month. */
  readonly window: Window;
}

export interface AllocationsRequest extends PageRequest {
  /** Those whose booked time touches it. */
  readonly from: number;
  readonly to: number;
  /** Names. */
  readonly node?: string | undefined;
  readonly pool?: string | undefined;
  readonly person?: string | undefined;
  readonly purpose?: AllocationPurpose | undefined;
}

export interface TimelineServices {
  /** Some of the nodes, with what is held of them and what was. */
  timeline(me: Me, request: TimelineRequest): Promise<view.TimelineView>;
  /** What is held, by node and time. */
  listAllocations(me: Me, request: AllocationsRequest): Promise<view.Page<view.AllocationView>>;
  getAllocation(me: Me, id: number): Promise<view.AllocationDetailView>;
  /**
   * Moves a booking whose load has not begun to that node, or to any that fits. Answers with what it is there; `reservation.begun`,
   * or `reservation.no-machine` where none is free for it.
   */
  moveAllocation(me: Me, id: number, to: number | undefined, once?: Once): Promise<view.AllocationDetailView>;
}
