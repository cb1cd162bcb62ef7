import type { ReservationListRow } from '../../../db/queries/reservations.ts';

type Facts = Pick<
  ReservationListRow,
  'state' | 'allocation_state' | 'start_at' | 'minutes' | 'image_id' | 'revision_id' | 'others'
>;

/** A booking may be changed until its machine is being made ready for it; of several that are had together it is booked anew. */
export function canChange({ state, allocation_state, start_at, others }: Facts, now: number): boolean {
  return others === 0 && state === 'new' && allocation_state === 'held' && Number(start_at) > now;
}

/** It is down for good; of several that are had together each knows the others, and none is exchanged. */
export function canHaveAnother({ down, others }: Pick<ReservationListRow, 'down' | 'others'>): boolean {
  return Number(down) === 1 && others === 0;
}

/** What was asked for, in one word: another by now means that somebody has changed it since it was shown. */
export function wishVersion({ start_at, minutes, image_id, revision_id }: Facts): string {
  return [Number(start_at), minutes, image_id, revision_id ?? 0].join('-');
}
