/** What people do with seats of classes: part of `Services`. Times are epoch milliseconds. */
import type { BlockState } from '../domain/blocks.ts';
import type { Recurrence } from '../domain/recurrence.ts';
import type * as view from './block-views.ts';
import type { ClassDayServices } from './class-day.ts';
import type { Once, PageRequest } from './requests.ts';
import type { Page, SignedIn } from './views.ts';

type Me = SignedIn;

/** What one date is to be instead of what the block is; the date is told by when it starts. */
export interface DateChoice {
  readonly start: number;
  /** Left out. */
  readonly skip?: boolean | undefined;
  readonly seats?: number | undefined;
  /** The name of another environment. */
  readonly image?: string | undefined;
}

export interface BlockWish {
  readonly courseId: number;
  /** The environment's name. */
  readonly image: string;
  readonly seats: number;
  /** In the course's time zone. */
  readonly recurrence: Recurrence;
  readonly comment?: string | undefined;
  /** So many minutes after the start, seats that nobody claimed go back; null: they stay until its end. */
  readonly graceMinutes?: number | null | undefined;
  readonly choices?: readonly DateChoice[] | undefined;
}

export interface BlockDecision {
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
  /** What does not fit any more is left out, instead of giving all back. */
  readonly skipsShort?: boolean | undefined;
}

export interface BlockServices extends ClassDayServices {
  /**
   * What each date comes to: whether it fits, how many seats there are, and which other environments would fit. Of a block
   * (`id`), as a change of it: what it holds itself is not in its way. Takes nothing.
   */
  previewBlock(me: Me, wish: BlockWish, id?: number): Promise<view.BlockPreview>;
  /** Asks for it; who may decide about it sees it. */
  askBlock(me: Me, wish: BlockWish, once?: Once): Promise<{ readonly id: number }>;
  /** Of one that holds seats: in one step or not at all (`block.short`). Dates that have begun stay. */
  changeBlock(me: Me, id: number, wish: BlockWish, version?: number): Promise<void>;
  /** One date of it: left out, taken in again, with other seats or another environment. */
  changeBlockDate(me: Me, id: number, dateId: number, choice: Omit<DateChoice, 'start'>): Promise<void>;
  /** Newest first. */
  listBlocks(
    me: Me,
    request: PageRequest & {
      readonly courseId?: number | undefined;
      readonly state?: BlockState | undefined;
    },
  ): Promise<Page<view.BlockView>>;
  inspectBlock(me: Me, id: number): Promise<view.BlockDetailView>;
  /** Its seats are held date by date; `block.state` when somebody else has decided. */
  approveBlock(me: Me, id: number, decision?: BlockDecision, once?: Once): Promise<void>;
  rejectBlock(me: Me, id: number, reason: string, once?: Once): Promise<void>;
  /** Nobody wants it any more: the seats of what has not begun go back. */
  withdrawBlock(me: Me, id: number, once?: Once): Promise<void>;
  /** The classes of one's courses whose seats can be claimed now, or within a day. */
  ownClasses(me: Me): Promise<readonly view.ClassView[]>;
  /** One of them, or one that is over. */
  ownClass(me: Me, dateId: number): Promise<view.ClassView>;
  /** Calls back when its seats can be taken, or it ends. Resolves with how to stop. */
  watchClass(me: Me, dateId: number, changed: () => void): Promise<() => void>;
  /** Takes one's seat of a date: its reservation. Who is seated already is answered with what they have. */
  claim(me: Me, dateId: number, once?: Once): Promise<{ readonly id: number }>;
  /** Every seat of a date as it is now. */
  wall(me: Me, id: number, dateId: number): Promise<view.WallView>;
  /** Calls back when a seat of a date is another. Resolves with how to stop. */
  watchWall(me: Me, id: number, dateId: number, changed: () => void): Promise<() => void>;
}
