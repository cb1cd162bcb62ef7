import { LabError } from '../../src/domain/errors.ts';
import type { ReservationView, SignedIn, WaitingView } from '../../src/services/views.ts';
import type { WaitingServices } from '../../src/services/waiting.ts';

export const sampleWaiting: WaitingView = {
  ...{
    id: 1,
    image: { name: 'tiny', title: 'Tiny Linux', icon: 'terminal' },
    user: { id: 1, name: 'student' },
  },
  ...{ minutes: 120, askFirst: false, since: Date.UTC(2026, 10, 28, 9), place: 2, missed: 0, offer: null },
  estimate: Date.UTC(2026, 10, 28, 14, 30),
};

/** One place in the line, as pages and API are given it. */
export function fakeWaiting(lab: { find(me: SignedIn, id: number): ReservationView }): WaitingServices {
  return {
    wait: async (_me, { image, minutes, askFirst = false }) => {
      if (image !== sampleWaiting.image.name) throw new LabError('image.unknown');
      return { ...sampleWaiting, minutes, askFirst };
    },
    listWaiting: async () => [sampleWaiting],
    leaveLine: async (_me, id) => {
      if (id !== sampleWaiting.id) throw new LabError('not-found');
    },
    acceptOffer: async (me, id) => lab.find(me, id),
  };
}
