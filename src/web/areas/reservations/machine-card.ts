import type { ReservationView } from '../../../services/views.ts';
import type { Clock } from '../../clock.ts';
import { endingOf } from './ending.ts';
import { type Headline, headline } from './headline.ts';
import { type Bar, barOf } from './loading.ts';
import { type Notice, noticesOf } from './notices.ts';
import { type Phase, phaseOf, type StateWord, stateWord } from './state-words.ts';

/** One of my machines on Home. */
export interface MachineCard {
  readonly id: number;
  readonly href: string;
  readonly title: string;
  readonly icon: string;
  readonly simulated: boolean;
  readonly state: StateWord;
  readonly phase: Phase;
  readonly headline: Headline;
  readonly bar: Bar | null;
  readonly can: ReservationView['can'];
  /** "End", or what it is called before it has begun. */
  readonly does: string;
  readonly notices: readonly Notice[];
  /** Its button is the page's filled one. */
  readonly filled: boolean;
}

export function machineCard(reservation: ReservationView, clock: Clock, filled: boolean): MachineCard {
  const { id, image, server, simulated, can } = reservation;
  const phase = phaseOf(reservation, clock.now);
  return {
    id,
    href: `/reservations/${id}`,
    title: server?.name ?? image.title,
    icon: image.icon,
    simulated,
    state: stateWord(reservation, clock.now),
    phase,
    headline: headline(reservation, clock),
    bar: phase === 'loading' ? barOf(reservation, clock.now) : null,
    can,
    does: endingOf(reservation, clock.now).does,
    notices: noticesOf(reservation, clock),
    filled,
  };
}
