/** The states of a block of seats and of its dates. */
import { minute } from './time.ts';

/**
 * `asked`: somebody has to decide. `approving`: its dates are being held, one after the other. `returning`: one could not be held, so that
 * all go back, and it is asked for again. `ending`: all go back because nobody wants it any more.
 */
export const blockStates = [
  'asked',
  'approving',
  'approved',
  'returning',
  'ending',
  'rejected',
  'withdrawn',
] as const;
export type BlockState = (typeof blockStates)[number];

/** `asked`: to be held. `skipped`: left out, on purpose or because it did not fit. */
export type BlockDateState = 'asked' | 'held' | 'skipped';

/** No lab has more machines than that in one class. */
export const mostSeats = 1_000;
/** How long after the start of a class seats that nobody claimed can be kept, in minutes. */
export const mostGrace = 240;

/** So much longer than planned a class, or one of its students, can have the seats at a time, in minutes. */
export const mostLonger = 240;
/** So long before its end, who sits in a class that is ended early is told; milliseconds. */
export const endsIn = 5 * minute;
/** So much can be said to a class at once, in characters. */
export const mostToSay = 300;

/** So long before the start of a class its seats can be claimed: they are loaded by then. Milliseconds. */
export const claimsOpen = 10 * minute;
