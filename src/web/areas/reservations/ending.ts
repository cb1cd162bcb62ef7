/** What ending, rebooting or reinstalling is called, and what is lost by it. */
import type { ReservationView } from '../../../services/views.ts';
import { phaseOf } from './state-words.ts';

/** *Are you sure*, as a page of its own: without scripts it is where the button leads. */
export interface ConfirmPage {
  /** On the way back; *Keep it* unless told. */
  readonly keep?: string;
  readonly question: string;
  readonly lost: string;
  readonly action: string;
  readonly button: string;
  readonly back: string;
  /** Of somebody else's: they are told why. */
  readonly tells?: string;
}

/** What ending is called: a booking that has not begun is cancelled. */
export interface Ending {
  readonly does: string;
  readonly question: string;
  readonly button: string;
}

export function endingOf(reservation: ReservationView, now: number): Ending {
  const { title } = reservation.image;
  if (phaseOf(reservation, now) === 'offered')
    return { does: 'Decline', question: `Decline ${title}?`, button: 'Decline' };
  if (phaseOf(reservation, now) === 'booked')
    return { does: 'Cancel', question: `Cancel the booking of ${title}?`, button: 'Cancel it' };
  return { does: 'End', question: `End ${title}?`, button: 'End it' };
}

const lostFiles = 'Files on the machine are deleted and nobody can get them back.';

export function lostByEnding({ state, capture }: ReservationView): string {
  if (state === 'offered') return 'It goes to who is next, and your place in the line with it.';
  if (state === 'new') return 'Somebody else may get its time.';
  if (capture === null) return `${lostFiles} Download what you want to keep first.`;
  const { image, revision } = capture;
  return `It is being saved as ${image.title}, revision ${revision}: that is given up, and nothing of it is kept. ${lostFiles}`;
}

export const lostByRebooting =
  'What runs on the machine is ended, and what it has not saved is lost. Files on its disk stay.';
export const lostByAnother =
  'Another machine of its environment is made ready for you, until the same end. What was on the disk of this one is deleted, and nobody can get it back.';
export const lostByReinstalling =
  'The machine is installed anew from its environment. Files on it are deleted and nobody can get them back.';
