import { LabError } from '../../src/domain/errors.ts';
import type { ReservationView, SignedIn, WaitingView } from '../../src/services/views.ts';
import type { WaitingServices } from '../../src/services/waiting.ts';

export const sampleWaiting: WaitingView = {
  ...{
    id: 1,
    image: { name: 'tiny', title: 'Tiny Linux', icon: 'terminal' },
    pools: ['qemu'],
    user: { id: 1, name: 'student' },
  },
  ...{ minutes: 120, askFirst: false, since: Date.UTC(2026, 10, 28, 9), place: 2, missed: 0, offer: null },
  estimate: Date.UTC(2026, 10, 28, 14, 30),
};

/** One who was asked before, and is asked once more. */
export const sampleOffered: WaitingView = {
  ...sampleWaiting,
  ...{ askFirst: true, missed: 1, place: null, estimate: null, pools: [] },
  offer: { reservationId: 7, until: Date.UTC(2026, 10, 28, 10, 15) },
};

/** One place in the line, as pages and API are given it. */
export function fakeWaiting(lab: {
  readonly waiting: readonly WaitingView[];
  find(me: SignedIn, id: number): ReservationView;
}): WaitingServices {
  return {
    wait: async (_me, { image, minutes, askFirst = false }) => {
      if (image !== sampleWaiting.image.name) throw new LabError('image.unknown');
      return { ...sampleWaiting, minutes, askFirst };
    },
    listWaiting: async (_me, { everybody = false } = {}) => (everybody ? lab.waiting : [sampleWaiting]),
    leaveLine: async (_me, id) => {
      if (id !== sampleWaiting.id) throw new LabError('not-found');
    },
    acceptOffer: async (me, id) => lab.find(me, id),
  };
}
