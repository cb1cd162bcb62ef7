/** One line of every kind of bar, as pages and API are given them. */
import { LabError } from '../../src/domain/errors.ts';
import { hour } from '../../src/domain/time.ts';
import type { TimelineServices } from '../../src/services/timeline-services.ts';
import type { AllocationView } from '../../src/services/views.ts';
import { nodes, now } from './sample-views.ts';

const held = (id: number, nodeId: number, from: number, over: Partial<AllocationView>): AllocationView => ({
  ...{ id, nodeId, node: `vm-${nodeId}`, reservationId: null, purpose: 'reservation', state: 'held' },
  ...{ start: now + (from + 1) * hour, end: now + (from + 9) * hour },
  ...{ from: now + from * hour, until: now + (from + 10) * hour },
  ...{ user: null, image: 'Debian 12', of: null },
  ...over,
});
const booked = { reservationId: 7, user: 'ann' } as const;

const all: readonly AllocationView[] = [
  held(1, 1, -6, { ...booked, state: 'inuse' }),
  held(2, 1, 12, booked),
  held(3, 1, 40, { ...booked, purpose: 'offer' }),
  held(4, 2, 10, { purpose: 'block', of: { kind: 'block', id: 7, title: 'Physics 1' } }),
  held(5, 2, 40, { purpose: 'service', image: null }),
  held(6, 3, 14, {
    ...{ purpose: 'maintenance', image: null },
    of: { kind: 'maintenance', id: 1, title: 'New switches' },
  }),
  held(7, 3, 60, {
    ...{ purpose: 'schedule', image: null },
    of: { kind: 'schedule', id: 1, title: 'Lab hours' },
  }),
  held(8, 3, -12, { ...booked, state: 'released' }),
  held(9, 4, -4, { ...booked, state: 'failed' }),
];

export function fakeTimeline(asked: string[]): TimelineServices {
  const find = (id: number) => {
    const found = all.find((one) => one.id === id);
    if (!found) throw new LabError('not-found');
    const movable = found.purpose === 'reservation' && found.state === 'held';
    const moves = movable ? [{ id: 4, name: 'vm-4' }] : [];
    return { ...found, nodeState: 'available' as const, movable, moves };
  };
  return {
    timeline: async (_me, { filter, offset, window }) => {
      asked.push(`timeline ${JSON.stringify(filter)} ${(window.until - window.from) / hour}`);
      const shown = nodes.filter(({ name }) => name.includes(filter.search ?? ''));
      return {
        items: shown
          .slice(offset)
          .map((node) => ({ node, held: all.filter(({ nodeId }) => nodeId === node.id) })),
        total: shown.length,
        states: shown.map(({ state }) => ({ state, count: 1 })),
        ...{ pools: ['this computer'], now },
      };
    },
    listAllocations: async () => ({ items: all, next: null }),
    getAllocation: async (_me, id) => find(id),
    async moveAllocation(_me, id, to) {
      asked.push(`move ${id} ${to ?? 'anywhere'}`);
      if (to === 3) throw new LabError('reservation.no-machine', { detail: 'That node is not free.' });
      return find(id);
    },
  };
}
