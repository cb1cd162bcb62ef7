/** What administrators ask of the whole installation: part of `Services`. */

import type { EventFilter } from '../../db/queries/events.ts';
import type { TaskAction } from '../domain/contracts/task.ts';
import type * as view from './administration-views.ts';
import type { ListRequest, Once, PageRequest } from './requests.ts';
import type { Listing, Page, SignedIn } from './views.ts';

type Me = SignedIn;

/** Who had this at a time: an `address` with its port, or a `node` by name. Times are epoch milliseconds. */
export interface WhoHadItRequest {
  readonly address?: string | undefined;
  readonly node?: string | undefined;
  readonly at: number;
}

/** Empty and absent ones do not filter. */
export interface TaskFilter {
  readonly state?: view.TaskState | undefined;
  readonly action?: TaskAction | undefined;
  /** A node's name. */
  readonly node?: string | undefined;
  readonly reservation?: number | undefined;
}

/** By state: what runs first, then what waits, what failed, what is done. By id: by age. */
export const taskSorts = ['state', 'id'] as const;

export type { EventFilter } from '../../db/queries/events.ts';

export const eventSorts = ['at'] as const;

export interface AdministrationServices {
  findTasks(
    me: Me,
    request: ListRequest<(typeof taskSorts)[number]> & { readonly filter: TaskFilter },
  ): Promise<view.TasksView>;
  /** Newest first. */
  listTasks(me: Me, request: PageRequest & { readonly filter: TaskFilter }): Promise<Page<view.TaskView>>;
  /** A task with its whole tree and what all of it told. */
  getTask(me: Me, id: number): Promise<view.TaskDetailView>;
  /** A failed one is queued once more, one that waits for its next try runs now. `task.no-retry` for others. Returns the open task. */
  retryTask(me: Me, id: number, once?: Once): Promise<{ readonly taskId: number }>;
  /** What it means stands in the task's `stop`. `task.no-stop`, `task.ended`. */
  stopTask(me: Me, id: number, once?: Once): Promise<void>;
  /** Calls back whenever the task's tree has changed or told something. Returns how to stop. */
  watchTask(me: Me, id: number, changed: () => void): Promise<() => void>;
  /** The newest 10,000 that fit. */
  findEvents(
    me: Me,
    request: ListRequest<(typeof eventSorts)[number]> & { readonly filter: EventFilter },
  ): Promise<Listing<view.EventView> & { readonly kinds: readonly string[] }>;
  /** Newest first. */
  listEvents(me: Me, request: PageRequest & { readonly filter: EventFilter }): Promise<Page<view.EventView>>;
  /** Node, person, image, reservation number, or an address that somebody has now. */
  search(me: Me, typed: string): Promise<readonly view.HitView[]>;
  /** For whoever was let in at the door: administrators, and programs of this computer. */
  metrics(): Promise<view.MetricsView>;
  /** Which reservation and person had it, and from which addresses they came; kept a year. */
  whoHadIt(me: Me, request: WhoHadItRequest): Promise<readonly view.SpellView[]>;
}
