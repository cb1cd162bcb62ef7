/** Hours that somebody has for a course within its term. */
export interface BudgetView {
  readonly course: { readonly id: number; readonly name: string };
  readonly hours: number;
  /** What is booked counts as spent, and comes back where it is not used. */
  readonly spentMinutes: number;
  readonly leftMinutes: number;
  /** The last date of the term, of the course's zone. */
  readonly until: string;
}
