import { z } from 'zod';
import { version } from '../people/forms.ts';
import { logins } from '../people/members.ts';

const typed = z.string('is missing.').trim().max(10_000, 'Much too long.').default('');
const seats = z
  .string('is missing.')
  .trim()
  .regex(/^\d{0,6}$/, 'A whole number, or nothing: none.')
  .transform((text) => Number(text));

const budget = z
  .string('is missing.')
  .trim()
  .regex(/^\d{0,6}$/, 'A whole number of hours, or nothing: as many as they like.')
  .transform((text) => (text === '' ? null : Number(text)));

const term = { timeZone: typed, termFrom: typed, termUntil: typed };

export const NewCourseForm = z.object({
  group: typed,
  ...term,
  instructors: logins,
  ownSeats: seats,
  budgetHours: budget.optional(),
});
/** Who teaches it stands in the form of those who may say so. */
export const CourseForm = z.object({
  ...term,
  version,
  instructors: logins.optional(),
  ownSeats: seats.optional(),
  budgetHours: budget.optional(),
});
