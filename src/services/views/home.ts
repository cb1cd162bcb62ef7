/** What everybody sees first, and whether all is well. */
import type { BudgetView } from './budgets.ts';
import type { ImageView } from './images.ts';
import type { NoticeView, ReservationView } from './reservations.ts';
import type { WaitingView } from './waiting.ts';

export interface AnnouncementView {
  readonly id: number;
  readonly text: string;
  readonly until: number | null;
}

/** One's machines, as Home and its stream show them. */
export interface MachinesView {
  /** Those that have not ended, and for a while those that ended without oneself. Newest first. */
  readonly reservations: readonly ReservationView[];
  /** Servers that they have, get into or look after, by name. */
  readonly servers: readonly ReservationView[];
  /** Lines that they stand in, and what is offered to them. */
  readonly waiting: readonly WaitingView[];
  /** What became of the person's images, until it is put away. */
  readonly notices: readonly NoticeView[];
}

export interface HomeView extends MachinesView {
  /** The last environments the person had, newest first, at most three; topped up with others. */
  readonly again: readonly ImageView[];
  readonly announcements: readonly AnnouncementView[];
  /** Hours that they have for their courses. */
  readonly budgets: readonly BudgetView[];
}

export interface HealthView {
  readonly ready: boolean;
  /** 0..1. */
  readonly progress: number;
  /** What is still being got ready, in words. */
  readonly waitingFor: readonly string[];
  readonly version: string;
}
