/** The states of reservations, allocations and nodes, and which arrow may follow which. The one place where they stand. */

export const reservationStates = [
  'offered',
  'new',
  'reserved',
  'inuse',
  'image',
  'checkpoint',
  'reinstall',
  'reboot',
  'paused',
  'timeout',
  'deleted',
  'complete',
  'failed',
] as const;
export type ReservationState = (typeof reservationStates)[number];

/** `offered` = held and loaded for somebody who waited and was not asked yet. `reserved` = loaded, checked, may be connected to; `new` again where its machine went down for good and it has another. `complete` = nobody can get in any more; its nodes may still be cleaning. */
export const reservationTransitions = {
  offered: ['new', 'deleted', 'failed'],
  new: ['reserved', 'deleted', 'timeout', 'failed'],
  reserved: ['new', 'inuse', 'image', 'checkpoint', 'reboot', 'reinstall', 'timeout', 'deleted', 'failed'],
  inuse: ['new', 'image', 'checkpoint', 'reboot', 'reinstall', 'paused', 'timeout', 'deleted', 'failed'],
  image: ['reserved', 'inuse', 'complete', 'deleted', 'failed'],
  checkpoint: ['reserved', 'inuse', 'deleted', 'failed'],
  reinstall: ['reserved', 'deleted', 'timeout', 'failed'],
  reboot: ['reserved', 'inuse', 'deleted', 'timeout', 'failed'],
  paused: ['inuse', 'deleted', 'timeout', 'failed'],
  timeout: ['complete'],
  deleted: ['complete'],
  complete: [],
  failed: [],
} as const satisfies Record<ReservationState, readonly ReservationState[]>;

const ended: ReadonlySet<ReservationState> = new Set(['timeout', 'deleted', 'complete', 'failed']);

/** True while the person still has, or is still going to have, a machine: ending is accepted in every such state. */
export function isLive(state: ReservationState): boolean {
  return !ended.has(state);
}

/** Where a reservation is in time: somebody has it or waits for it now, it begins later, it is over. */
export const reservationGroups = ['live', 'coming', 'ended'] as const;
export type ReservationGroup = (typeof reservationGroups)[number];

/** True while its machine is got ready for the first time. */
export function isComing(state: ReservationState): boolean {
  return state === 'new' || state === 'offered';
}

/** True when the machine is loaded and its person may connect. */
export function isUsable(state: ReservationState): boolean {
  return state === 'reserved' || state === 'inuse';
}

/** True while the machine is saved as a revision, or kept because that did not succeed: it is off on purpose. */
export function isCapturing(state: ReservationState): boolean {
  return state === 'image' || state === 'checkpoint';
}

/** It was over before it began, so that nobody had a machine by it. Of one that has ended, in epoch milliseconds. */
export function wasCancelled({ start, endedAt }: { start: number; endedAt: number | null }): boolean {
  return endedAt !== null && endedAt < start;
}

export function canMove(from: ReservationState, to: ReservationState): boolean {
  return (reservationTransitions[from] as readonly ReservationState[]).includes(to);
}

/** One machine's part in a reservation; each moves on its own. `released` and `failed` are final for the reservation. */
export const allocationStates = [
  'held',
  'loading',
  'ready',
  'inuse',
  'ending',
  'released',
  'failed',
] as const;
export type AllocationState = (typeof allocationStates)[number];

export const allocationPurposes = [
  'reservation',
  'block',
  'offer',
  'maintenance',
  'service',
  'schedule',
] as const;
export type AllocationPurpose = (typeof allocationPurposes)[number];
/** What keeps a node from people without anybody having it: hours in which it is closed, and maintenance windows. */
export type ClosingPurpose = Extract<AllocationPurpose, 'maintenance' | 'schedule'>;

/** A node whose clean-up failed is never free: it stays `failed`, visible, and is retried. */
export const nodeStates = [
  'available',
  'reserved',
  'reloading',
  'inuse',
  'maintenance',
  'failed',
  'host',
  'deprovisioning',
] as const;
export type NodeState = (typeof nodeStates)[number];

/** What a node is wanted out of service for: `off` is maintenance, switched off. */
export const outFor = ['maintenance', 'off', 'delete'] as const;
export type OutFor = (typeof outFor)[number];

/** `off`: switched off, from inside or by us. `crashed`: gone though nobody switched it off; its disk is still there. */
export type PowerState = 'on' | 'off' | 'paused' | 'crashed' | 'unknown';
