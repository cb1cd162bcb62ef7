/** Fields that pages and the API share: what they take, and the sentence that says what is expected. */
import { z } from 'zod';
import { horizonDays } from '../domain/limits.ts';

const mostMinutes = horizonDays * 24 * 60;
const expected = 'must be a whole number of minutes, such as 60.';

/** Whole minutes, at least one; what a group or an environment allows is the services' business. */
export const minutesNumber = z
  .number(expected)
  .int(expected)
  .min(1, 'must be at least 1 minute.')
  .max(mostMinutes, `must be at most ${mostMinutes} minutes (${horizonDays} days).`);

/** The same as typed into a form. */
export const minutesField = z
  .string(expected)
  .trim()
  .regex(/^-?\d{1,15}$/, expected)
  .transform(Number)
  .pipe(minutesNumber);
