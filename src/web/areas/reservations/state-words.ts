import { type ReservationState, wasCancelled } from '../../../domain/states.ts';
import type { ReservationView } from '../../../services/views.ts';

/** How a state is shown: never by its colour alone. */
export interface StateWord {
  readonly word: string;
  readonly tone: 'ready' | 'busy' | 'bad' | 'quiet' | 'booked';
  readonly icon: string;
}

const words: Readonly<Record<ReservationState, StateWord>> = {
  offered: { word: 'Offered', tone: 'booked', icon: 'clock' },
  new: { word: 'Getting ready', tone: 'busy', icon: 'loading' },
  reserved: { word: 'Ready', tone: 'ready', icon: 'check' },
  inuse: { word: 'In use', tone: 'ready', icon: 'check' },
  image: { word: 'Being captured', tone: 'busy', icon: 'loading' },
  checkpoint: { word: 'Saving', tone: 'busy', icon: 'loading' },
  reinstall: { word: 'Installing anew', tone: 'busy', icon: 'loading' },
  reboot: { word: 'Restarting', tone: 'busy', icon: 'loading' },
  paused: { word: 'Paused', tone: 'quiet', icon: 'pause' },
  timeout: { word: 'Ending', tone: 'quiet', icon: 'end' },
  deleted: { word: 'Ending', tone: 'quiet', icon: 'end' },
  complete: { word: 'Ended', tone: 'quiet', icon: 'end' },
  failed: { word: 'Failed', tone: 'bad', icon: 'alert' },
};

type StateAndTimes = Pick<ReservationView, 'state' | 'start' | 'endedAt'>;

/** For lists that know no more than the state and the times. */
export function reservationStateWord(reservation: StateAndTimes, now: number): StateWord {
  const isAhead = reservation.state === 'new' && reservation.start > now;
  return isAhead ? booked : wordOf(reservation);
}

function wordOf({ state, ...times }: StateAndTimes): StateWord {
  return state === 'complete' && wasCancelled(times) ? cancelled : words[state];
}

const booked: StateWord = { word: 'Booked', tone: 'booked', icon: 'clock' };
const cancelled: StateWord = { word: 'Cancelled', tone: 'quiet', icon: 'end' };

function capturing({ state, capture }: ReservationView): StateWord {
  if (capture === null) return { word: 'Starting again', tone: 'busy', icon: 'loading' };
  if (capture.failure !== null) return { word: 'Not captured', tone: 'bad', icon: 'alert' };
  return words[state];
}

/**
 * What the page is about: an offer, waiting for its start, getting a machine, having one, one that is off or does not start, one that is
 * being changed, or the end.
 */
export type Phase = 'offered' | 'booked' | 'loading' | 'usable' | 'off' | 'down' | 'changing' | 'over';

const phases: Readonly<Record<ReservationState, Phase>> = {
  offered: 'offered',
  new: 'loading',
  reserved: 'usable',
  inuse: 'usable',
  image: 'changing',
  checkpoint: 'changing',
  reinstall: 'loading',
  reboot: 'changing',
  paused: 'off',
  timeout: 'over',
  deleted: 'over',
  complete: 'over',
  failed: 'over',
};

export function phaseOf(reservation: ReservationView, now: number): Phase {
  const phase = phases[reservation.state];
  if (phase === 'usable' && reservation.down) return 'down';
  if (phase === 'usable' && reservation.poweredOff) return 'off';
  const begun = reservation.estimate !== null || reservation.start <= now;
  return reservation.state === 'new' && !begun ? 'booked' : phase;
}

export function stateWord(reservation: ReservationView, now: number): StateWord {
  const phase = phaseOf(reservation, now);
  if (phase === 'booked' && reservation.state === 'new') return booked;
  if (reservation.state === 'image' || reservation.state === 'checkpoint') return capturing(reservation);
  if (phase === 'down') return { word: 'Down', tone: 'bad', icon: 'alert' };
  if (reservation.poweredOff && phase === 'off') return { word: 'Off', tone: 'quiet', icon: 'power' };
  return wordOf(reservation);
}
