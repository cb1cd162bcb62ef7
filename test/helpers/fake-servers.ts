import { LabError } from '../../src/domain/errors.ts';
import type { ServerServices } from '../../src/services/servers.ts';
import type { ReservationView, SignedIn } from '../../src/services/views.ts';
import * as sample from './sample-views.ts';

export const sampleServer = (): ReservationView =>
  sample.reservation({
    ...{ id: 21, minutes: 574_560, user: { id: 9, name: 'teacher' } },
    server: { name: 'Course database', openEnded: true, loginGroup: 'students', adminGroup: null },
  });

/** One server, as pages and API are given it. */
export function fakeServers(lab: {
  find(me: SignedIn, id: number): ReservationView;
  readonly asked: string[];
}): ServerServices {
  return {
    listServers: async () => ({ items: [sampleServer()], next: null }),
    serverChoices: async (me) => ({
      more: me.role === 'administrator' ? null : 0,
      images: [{ name: 'tiny', title: 'Tiny Linux' }],
      groups: ['students'],
    }),
    async takeServer(_me, { image, name }) {
      if (image !== 'tiny') throw new LabError('image.unknown');
      lab.asked.push(`server ${name}`);
      return sampleServer();
    },
    async changeServer(me, id, { name }) {
      lab.asked.push(`server ${id} ${name}`);
      return lab.find(me, id);
    },
  };
}
