/** Courses. Dates are of the course's time zone. */
import { z } from 'zod';
import { bodyOf, id } from './common.ts';

const text = z.string('must be text.').max(10_000, 'Much too long.');
const logins = z.array(text, 'must be a list of logins.').max(50, 'At most 50 at once.');
const seats = z.int('must be a whole number.');
const budget = z.int('must be a whole number of hours, or null.').nullable();
const date = text.describe('Such as `2027-04-12`.');

export const CoursePersonSchema = z.object({
  id,
  name: z.string().describe('The login.'),
  displayName: z.string(),
});

export const CourseSchema = z.object({
  id: id.describe('Its group’s.'),
  name: z.string(),
  timeZone: z.string(),
  ...{ termFrom: z.string(), termUntil: z.string() },
  instructors: z.array(CoursePersonSchema),
  members: z.int(),
  ownSeats: z.int().describe('Up to so many seats its instructors may approve by themselves.'),
  budgetHours: z
    .int()
    .nullable()
    .describe('Hours that each of its people has for its term; null: as many as they like.'),
  blocks: z.int().describe('Of its blocks, those that are asked for or hold seats.'),
  version: z.int(),
});

export const CourseDetailSchema = CourseSchema.extend({
  people: z.array(
    CoursePersonSchema.extend({ spentMinutes: z.int().describe('Of its budget, within its term.') }),
  ),
});

export const BudgetSchema = z.object({
  course: z.object({ id, name: z.string() }),
  ...{ hours: z.int(), spentMinutes: z.int(), leftMinutes: z.int() },
  until: z.string().describe('The last date of the term.'),
});

const term = { timeZone: text.describe('Such as `Europe/Berlin`.'), termFrom: date, termUntil: date };

export const NewCourseBody = bodyOf({
  group: text.describe('The name of a group of ordinary users.'),
  ...term,
  instructors: logins.default([]),
  ownSeats: seats.optional(),
  budgetHours: budget.optional(),
});

export const CourseChangesBody = bodyOf({
  ...{ timeZone: text.optional(), termFrom: date.optional(), termUntil: date.optional() },
  instructors: logins.optional().describe('These and no others: for administrators.'),
  ownSeats: seats.optional().describe('For administrators.'),
  budgetHours: budget.optional().describe('For administrators. Null: as many as they like.'),
  version: z
    .int('must be a number.')
    .optional()
    .describe('The one that was read; another by now is refused.'),
});
