import type { TaskAction } from './contracts/task.ts';

/** What it means to stop a task, said before it is done; null where it cannot be: `whyNotStopped` says why. */
export const stopMeans: Readonly<Record<TaskAction, string | null>> = {
  new: 'The load is cut. The booking goes to another machine; where none is free, it fails and its person is told.',
  seat: 'The load is cut. The seat goes to another machine; where none is free, it is lost until one is.',
  reload: 'The load is cut. The machine is out of order until somebody presses Try again.',
  reinstall:
    'The installation is cut. What was on the machine is gone: the reservation ends and its person is told.',
  reboot: 'The restart is cut. The machine stays its person’s, as it is then.',
  image: 'The capture is cut. The machine and its disk are kept; its person may try again or give up.',
  checkpoint: 'The capture is cut. The machine and its disk are kept; its person may try again or give up.',
  makeproduction: 'No more machines are loaded with the revision. Those that have it keep it.',
  power: 'The power is left as it is then.',
  inspect: 'The burn-in is cut and the machine switched off. It stays out of service.',
  checkpool: 'The test is cut. Nothing was changed.',
  ...{
    reserved: null,
    inuse: null,
    deleted: null,
    timeout: null,
    purge: null,
    commission: null,
    tomaintenance: null,
    approveblock: null,
  },
  ...{ reconcile: null, heal: null, discover: null, watchbmcs: null, watchnetworks: null },
  ...{
    notify: null,
    invite: null,
    audit: null,
    closings: null,
    classes: null,
    waitlist: null,
    preload: null,
  },
};

const watches: ReadonlySet<TaskAction> = new Set(['reserved', 'inuse']);
const cleans: ReadonlySet<TaskAction> = new Set(['deleted', 'timeout']);

export function whyNotStopped(action: TaskAction): string {
  if (watches.has(action)) return 'It watches over a reservation: end the reservation instead.';
  if (cleans.has(action)) return 'It takes a machine back: nobody else may have it before that is done.';
  return 'It keeps house: without it the installation would not be looked after.';
}
