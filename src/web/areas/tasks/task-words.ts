import type { TaskAction } from '../../../domain/contracts/task.ts';
import type { TaskState, TaskView } from '../../../services/administration-views.ts';
import type { StateWord } from '../reservations/state-words.ts';

export const taskStateWords: Readonly<Record<TaskState, StateWord>> = {
  running: { word: 'Running', tone: 'busy', icon: 'loading' },
  queued: { word: 'Waiting', tone: 'booked', icon: 'clock' },
  failed: { word: 'Failed', tone: 'bad', icon: 'alert' },
  done: { word: 'Done', tone: 'quiet', icon: 'check' },
};
export const taskStateOrder = ['running', 'queued', 'failed', 'done'] as const;

/** What is done, as people say it; the action's own name stands beside it. */
export const actionWords: Readonly<Record<TaskAction, string>> = {
  new: 'Getting a machine ready',
  reserved: 'Waiting for its person',
  inuse: 'Watching over its use',
  deleted: 'Taking a machine back',
  timeout: 'Taking a machine back',
  reload: 'Cleaning and reloading',
  reinstall: 'Installing anew',
  reboot: 'Restarting',
  image: 'Capturing',
  checkpoint: 'Capturing, and going on',
  makeproduction: 'Making a revision production',
  purge: 'Removing an image file',
  power: 'Switching power',
  commission: 'Taking into service',
  inspect: 'Commissioning',
  tomaintenance: 'Taking out of service',
  reconcile: 'Comparing with what is there',
  heal: 'Moving bookings off what is out of order',
  discover: 'Looking for new machines',
  watchbmcs: 'Looking at BMCs',
  watchnetworks: 'Checking imaging networks',
  notify: 'Telling somebody',
  invite: 'Inviting people to their bookings',
  audit: 'Auditing the books',
  closings: 'Keeping closed hours and maintenance',
  waitlist: 'Looking after those who wait',
  checkpool: 'Testing a pool',
  approveblock: 'Holding the seats of a class',
  seat: 'Getting a seat of a class ready',
  classes: 'Getting the seats of classes ready',
  preload: 'Looking what will be asked for',
};

/** What it is done to. */
export function aboutOf({ node, reservation, targetType, targetId, place }: TaskView): string {
  if (node !== null) return node.name;
  if (reservation !== null) return `reservation ${reservation.id}`;
  return targetType === 'place' ? (place ?? 'a place') : `${targetType} ${targetId}`;
}
