import type { WaitingView } from '../../../services/views.ts';
import { lengthOf } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';
import type { StateWord } from '../reservations/state-words.ts';

/** A line that somebody stands in. */
export interface WaitingCard {
  readonly title: string;
  readonly icon: string;
  readonly state: StateWord;
  /** "Next", "3rd" */
  readonly place: string;
  /** At the latest; null where that cannot be said. */
  readonly turn: When | null;
  readonly length: string;
  /** What happens then: a sentence. */
  readonly how: string;
  readonly leave: string;
}

const waits: StateWord = { word: 'Waiting', tone: 'booked', icon: 'clock' };

export function waitingCard(one: WaitingView, clock: Clock): WaitingCard {
  const { id, image, minutes, askFirst, place, estimate, missed } = one;
  return {
    title: image.title,
    icon: image.icon,
    state: waits,
    place: placeInWords(place),
    turn: estimate === null ? null : clock.when(estimate),
    length: lengthOf(minutes),
    how: howOf(askFirst, missed),
    leave: `/waitlist/${id}/leave`,
  };
}

function howOf(askFirst: boolean, missed: number): string {
  if (!askFirst) return 'It is started for you, and you are told: come and connect then.';
  const again = missed > 0 ? ' You missed it once: you are asked once more.' : '';
  return `You are asked first, and have 15 minutes to answer; not between 23 and 7 o’clock.${again}`;
}

const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** Behind the first few hundred nobody is counted. */
export function placeInWords(place: number | null): string {
  if (place === null) return 'Far behind';
  return place === 1 ? 'Next' : `${place}${endings[ordinals.select(place)] ?? 'th'}`;
}
