/** A class as those see it who attend it: when it is, and their seat in it. */
import type { ClassView } from '../../../services/block-views.ts';
import { timeLeft } from '../../assets/js/words.js';
import type { Clock, When } from '../../clock.ts';

export interface ClassRegion {
  /** `seated`: they have one; `open`: it can be taken. */
  readonly state: 'seated' | 'open' | 'full' | 'early' | 'ending' | 'over';
  /** Where the seat is taken, or where it is; where all are taken, where one reserves a machine of one's own. */
  readonly action: string;
  readonly opens: { readonly at: number; readonly left: string; readonly when: When };
  readonly environment: string;
}

export interface ClassPage extends ClassRegion {
  readonly title: string;
  readonly when: string;
  readonly stream: string;
  readonly version: string;
}

export function classRegion(one: ClassView, clock: Clock): ClassRegion {
  const { image, opens } = one;
  const state = stateOf(one, clock.now);
  return {
    state,
    action: actionOf(state, one),
    opens: { at: opens, left: timeLeft(opens - clock.now), when: clock.when(opens) },
    environment: image.title,
  };
}

export function classPage(one: ClassView, clock: Clock): Omit<ClassPage, 'version'> {
  const { course, image, start, end, dateId } = one;
  return {
    ...classRegion(one, clock),
    title: course,
    when: `${clock.when(start).text} to ${clock.localInput(end).slice(11)} · ${image.title}`,
    stream: `/classes/${dateId}/events`,
  };
}

function actionOf(state: ClassRegion['state'], { dateId, image, reservationId }: ClassView): string {
  if (state === 'full') return `/reserve?image=${image.name}`;
  return reservationId === null ? `/classes/${dateId}/claim` : `/reservations/${reservationId}`;
}

function stateOf(
  { reservationId, isOpen, isFull, isEnding, end }: ClassView,
  now: number,
): ClassRegion['state'] {
  if (reservationId !== null) return 'seated';
  if (end <= now) return 'over';
  if (isEnding) return 'ending';
  if (isFull) return 'full';
  return isOpen ? 'open' : 'early';
}
