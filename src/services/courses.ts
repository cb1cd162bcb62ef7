/** What people do with courses: part of `Services`. */
import type * as view from './course-views.ts';
import type { MemberChanges } from './people.ts';
import type { MemberReport } from './people-views.ts';
import type { Once } from './requests.ts';
import type { BudgetView, SignedIn } from './views.ts';

type Me = SignedIn;

/** Dates are of the course's zone, such as `2027-04-12`. */
export interface NewCourse {
  /** The name of a group of ordinary users. */
  readonly group: string;
  readonly timeZone: string;
  readonly termFrom: string;
  readonly termUntil: string;
  /** Logins. */
  readonly instructors: readonly string[];
  /** Up to so many seats its instructors may approve by themselves; absent: none. */
  readonly ownSeats?: number | undefined;
  /** Hours that each of its people has for its term, besides its classes; absent or null: as many as they like. */
  readonly budgetHours?: number | null | undefined;
}

/** What is absent stays. Who teaches it, what they may approve and its budget are for administrators. */
export interface CourseChanges {
  readonly timeZone?: string | undefined;
  readonly termFrom?: string | undefined;
  readonly termUntil?: string | undefined;
  readonly instructors?: readonly string[] | undefined;
  readonly ownSeats?: number | undefined;
  readonly budgetHours?: number | null | undefined;
  /** The version that was shown; another by now is refused. */
  readonly version?: number | undefined;
}

export interface CourseServices {
  /** Those that one teaches; administrators: all. */
  listCourses(me: Me): Promise<readonly view.CourseView[]>;
  inspectCourse(me: Me, id: number): Promise<view.CourseDetailView>;
  /** `name.taken` where the group is a course. Its id is its group's. */
  addCourse(me: Me, course: NewCourse, once?: Once): Promise<{ readonly id: number }>;
  editCourse(me: Me, id: number, changes: CourseChanges): Promise<void>;
  /** Puts people into it and takes them out, by login, and says what became of each. */
  changeRoster(me: Me, id: number, changes: MemberChanges, once?: Once): Promise<readonly MemberReport[]>;
  /** The hours that one has for one's courses whose term it is. */
  listBudgets(me: Me): Promise<readonly BudgetView[]>;
  /** Its group stays. `group.in-use` while seats are asked for or held. */
  removeCourse(me: Me, id: number): Promise<void>;
}
