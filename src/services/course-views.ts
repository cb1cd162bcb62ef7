/** What is answered about courses. */
export interface CoursePersonView {
  readonly id: number;
  /** Their login. */
  readonly name: string;
  readonly displayName: string;
}

export interface CourseView {
  /** Its group's. */
  readonly id: number;
  readonly name: string;
  readonly timeZone: string;
  /** Dates of its zone. */
  readonly termFrom: string;
  readonly termUntil: string;
  readonly instructors: readonly CoursePersonView[];
  readonly members: number;
  /** Up to so many seats its instructors may approve by themselves. */
  readonly ownSeats: number;
  /** Hours that each of its people has for its term; null: no budget. */
  readonly budgetHours: number | null;
  /** Of its blocks, those that are asked for or hold seats. */
  readonly blocks: number;
  readonly version: number;
}

export interface CourseDetailView extends CourseView {
  /** By login. */
  readonly people: readonly (CoursePersonView & {
    /** Of its budget, within its term. */
    readonly spentMinutes: number;
  })[];
  /** Whoever asks may say who teaches it. */
  readonly mayAppoint: boolean;
}
