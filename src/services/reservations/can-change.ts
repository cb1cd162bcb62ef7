import type { ReservationListRow } from '../../../db/queries/reservations.ts';

type Facts = Pick<
  ReservationListRow,
  'state' | 'allocation_state' | 'start_at' | 'minutes' | 'image_id' | 'revision_id' | 'others'
>;

/** A booking may be changed until its machine is being made ready for it; of several that are had together it is booked anew. */
export function canChange({ state, allocation_state, start_at, others }: Facts, now: number): boolean {
  return others === 0 && state === 'new' && allocation_state === 'held' && Number(start_at) > now;
}

/** What was asked for, in one word: another by now means that somebody has changed it since it was shown. */
export function wishVersion({ start_at, minutes, image_id, revision_id }: Facts): string {
  return [Number(start_at), minutes, image_id, revision_id ?? 0].join('-');
}
