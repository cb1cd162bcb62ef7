/** How much longer it may be had, and until when something must be done to keep it. */
import type { ExtensionView, ReservationView } from '../../../services/views.ts';
import { lengthOf, timeLeft } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';

export interface ExtensionPanel {
  readonly most: number;
  readonly mostText: string;
  readonly usual: number;
  readonly latest: When;
  /** A whole sentence. */
  readonly because: string;
}

export interface Deadline {
  /** "3 min 20 s" */
  readonly left: string;
  /** "press Connect" */
  readonly todo: string;
  readonly at: number;
  readonly when: When;
  /** Time to do something: it is shown loudly, with *Keep it*. */
  readonly near: boolean;
  /** The end of a class that was ended early: who wants stays on. */
  readonly isClass: boolean;
}

export function extensionPanel(
  { mostMinutes, latestEnd, because }: ExtensionView,
  clock: Clock,
): ExtensionPanel {
  return {
    most: mostMinutes,
    mostText: lengthOf(mostMinutes),
    usual: Math.min(30, mostMinutes),
    latest: clock.when(latestEnd),
    because: asSentence(because),
  };
}

/** Minutes of it that can be given back: it lasts a minute at least. */
export function spareOf({ can, start, end }: ReservationView, now: number): number {
  return can.shorten ? Math.max(0, Math.floor((end - Math.max(now, start)) / 60_000) - 1) : 0;
}

/** Services say why as a part of a sentence. */
function asSentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1).replace(/\.$/, '')}.`;
}

const nearMs = 5.5 * 60_000;

const deadlines = {
  answer: 'accept it',
  connect: 'press Connect',
  'log-in': 'log in',
  reconnect: 'log in again',
  input: 'type something',
  class: 'save your work: your class is over then',
} as const;

export function deadlineOf({ deadline }: ReservationView, clock: Clock): Deadline | null {
  if (deadline === null) return null;
  const { at, kind } = deadline;
  const left = at - clock.now;
  return {
    left: timeLeft(left),
    todo: deadlines[kind],
    at,
    when: clock.when(at),
    near: left <= nearMs,
    isClass: kind === 'class',
  };
}
