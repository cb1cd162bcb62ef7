/** Fields that pages and the API share: what they take, and the sentence that says what is expected. */
import { z } from 'zod';
import { horizonDays, minimumMinutes } from '../domain/limits.ts';

const mostMinutes = horizonDays * 24 * 60;
const expected = 'must be a whole number of minutes, such as 60.';

/** Whole minutes, at least one; what a group or an environment allows is the services' business. */
export const minutesNumber = z
  .number(expected)
  .int(expected)
  .min(1, 'must be at least 1 minute.')
  .max(mostMinutes, `must be at most ${mostMinutes} minutes (${horizonDays} days).`);

/** Minutes of a booking: the shortest there is, in the same words as the services'. */
export const bookedMinutes = minutesNumber.min(minimumMinutes, `must be at least ${minimumMinutes} minutes.`);

/** The same as typed into a form. */
const minutesText = z
  .string(expected)
  .trim()
  .regex(/^-?\d{1,15}$/, expected)
  .transform(Number);
export const minutesField = minutesText.pipe(minutesNumber);
export const bookedMinutesField = minutesText.pipe(bookedMinutes);
