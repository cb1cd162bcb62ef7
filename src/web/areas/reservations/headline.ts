/** The largest words of a machine: how much time is left, or how far it has got. */

import { wasCancelled } from '../../../domain/states.ts';
import type { ReservationView } from '../../../services/views.ts';
import { lengthOf, timeLeft, took } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import { type Phase, phaseOf } from './state-words.ts';

export interface Headline {
  /** Stands before a time that is not exact: "about". */
  readonly about: string;
  readonly text: string;
  /** The page counts down to it; null when it stands still. Epoch milliseconds. */
  readonly countTo: number | null;
  /** What it says when it has counted down; empty: the last time stays. */
  readonly arrived: string;
  /** Follows the time: "left", "to go", "until it starts". */
  readonly after: string;
  /** The line below, with a time in it. */
  readonly before: string;
  readonly when: When | null;
}

const anyMoment = 'Any moment now';

type Write = (reservation: ReservationView, clock: Clock) => Headline;

const writers: Readonly<Record<Phase, Write>> = {
  offered: ({ deadline, minutes, end }, clock) => {
    const until = deadline?.at ?? end;
    const length = `Held for you, ${lengthOf(minutes)} from when you accept. Answer until`;
    return { ...counting(until, clock, 'to answer', length, until), arrived: 'Over' };
  },
  booked: ({ start, minutes, server }, clock) => {
    const length = server?.openEnded ? 'Without an end, from' : `${lengthOf(minutes)}, from`;
    return counting(start, clock, 'until it starts', length, start);
  },
  loading: toReady,
  usable: ({ end, server, readyAt }, clock) =>
    server?.openEnded
      ? still('No end', 'Until somebody ends it; ready since', readyAt === null ? null : clock.when(readyAt))
      : counting(end, clock, 'left', 'until', end),
  off: ({ end, server }, clock) =>
    server?.openEnded
      ? still('Off', 'The machine is switched off')
      : counting(end, clock, 'left', 'The machine is switched off. Yours until', end),
  down: ({ end, server }, clock) =>
    server?.openEnded
      ? still('Down', 'The machine does not start')
      : counting(end, clock, 'left', 'The machine does not start. Yours until', end),
  changing,
  over: ended,
};

export function headline(reservation: ReservationView, clock: Clock): Headline {
  return writers[phaseOf(reservation, clock.now)](reservation, clock);
}

/** While it is saved nobody asks how long they have it. */
function changing({ capture, end }: ReservationView, clock: Clock): Headline {
  if (capture === null) return counting(end, clock, 'left', 'until', end);
  const as = `as ${capture.image.title}, revision ${capture.revision}`;
  if (capture.failure === null) return still('Being saved', as);
  return still('Not saved', `${as}: the machine and its disk are kept until you decide`);
}

function counting(to: number, clock: Clock, after: string, before: string, at: number): Headline {
  const when = clock.when(at);
  return { about: '', text: timeLeft(to - clock.now), countTo: to, arrived: '', after, before, when };
}

/** The usual time counts down; when it is over, nobody is told a time that was not kept. */
function toReady(reservation: ReservationView, clock: Clock): Headline {
  const { estimate } = reservation;
  const below = belowLoading(reservation, clock);
  if (estimate === null) return { ...still('Getting ready', ''), ...below };
  const countTo = estimate.since + estimate.p50;
  if (countTo <= clock.now) return { ...still(anyMoment, ''), ...below };
  const text = timeLeft(countTo - clock.now + 999);
  return { about: 'about ', text, countTo, arrived: anyMoment, after: 'to go', ...below };
}

/** What was booked for now counts from when it is ready for the first time, not again when it is installed anew. */
function belowLoading(
  { readyAt, minutes, start, end, fixedEnd, server }: ReservationView,
  clock: Clock,
): Pick<Headline, 'before' | 'when'> {
  if (server?.openEnded) return { before: 'without an end', when: null };
  if (readyAt !== null || fixedEnd || start > clock.now)
    return { before: 'yours until', when: clock.when(end) };
  return { before: `${lengthOf(minutes)}, counted from when it is ready`, when: null };
}

function still(text: string, before: string, when: When | null = null): Headline {
  return { about: '', text, countTo: null, arrived: '', after: '', before, when };
}

function ended({ state, start, endedAt }: ReservationView, clock: Clock): Headline {
  const when = endedAt === null ? null : clock.when(endedAt);
  if (state === 'failed') return still('It did not work', '', when);
  if (when === null) return still('Ending', 'Nobody can get in any more');
  return still(wasCancelled({ start, endedAt }) ? 'Cancelled' : 'Ended', '', when);
}

/**
 * "Ready in 2.9 s": what it came to in the end, of one that was made ready anew since that was asked for; null before, and for a
 * machine that was installed anew since.
 */
export function readyIn(reservation: ReservationView): string | null {
  const { readyAt, acknowledgedAt, createdAt, start, steps } = reservation;
  const again = readyAt !== null && acknowledgedAt !== null && acknowledgedAt < readyAt;
  if (readyAt === null || again) return null;
  const since = readyAt - Math.max(createdAt, start);
  const lastTime = (steps.at(-1)?.seconds ?? Number.POSITIVE_INFINITY) * 1000;
  return took(Math.max(0, Math.min(since, lastTime)));
}
