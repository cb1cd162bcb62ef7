/** The largest words of a machine: how much time is left, or how far it has got. */

import type { ReservationView } from '../../../services/views.ts';
import { lengthOf, timeLeft, took } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import { type Phase, phaseOf } from './state-words.ts';

export interface Headline {
  readonly text: string;
  /** The page counts down to it; null when it stands still. Epoch milliseconds. */
  readonly countTo: number | null;
  /** Follows the time: "left", "until it starts". */
  readonly after: string;
  /** The line below, with a time in it. */
  readonly before: string;
  readonly when: When | null;
}

type Write = (reservation: ReservationView, clock: Clock) => Headline;

const writers: Readonly<Record<Phase, Write>> = {
  booked: ({ start, minutes }, clock) =>
    counting(start, clock, 'until it starts', `${lengthOf(minutes)}, from`, start),
  loading: ({ minutes }) => still('Getting ready', `${lengthOf(minutes)}, counted from when it is ready`),
  usable: ({ end }, clock) => counting(end, clock, 'left', 'until', end),
  off: ({ end }, clock) => counting(end, clock, 'left', 'The machine is switched off. Yours until', end),
  changing: ({ end }, clock) => counting(end, clock, 'left', 'until', end),
  over: ended,
};

export function headline(reservation: ReservationView, clock: Clock): Headline {
  return writers[phaseOf(reservation, clock.now)](reservation, clock);
}

function counting(to: number, clock: Clock, after: string, before: string, at: number): Headline {
  return { text: timeLeft(to - clock.now), countTo: to, after, before, when: clock.when(at) };
}

function still(text: string, before: string, when: When | null = null): Headline {
  return { text, countTo: null, after: '', before, when };
}

function ended({ state, endedAt }: ReservationView, clock: Clock): Headline {
  const when = endedAt === null ? null : clock.when(endedAt);
  if (state === 'failed') return still('It did not work', when === null ? '' : 'Failed', when);
  if (when === null) return still('Ending', 'Nobody can get in any more');
  return still('Ended', '', when);
}

/** "Ready in 2.9 s": what it came to in the end; null before. */
export function readyIn({ readyAt, createdAt, start }: ReservationView): string | null {
  return readyAt === null ? null : took(Math.max(0, readyAt - Math.max(createdAt, start)));
}
