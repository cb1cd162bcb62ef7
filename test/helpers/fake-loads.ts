import { invalid, LabError } from '../../src/domain/errors.ts';
import type { Services } from '../../src/services/services.ts';
import { sampleLoads } from './sample-loads.ts';
import { now } from './sample-views.ts';

/** What services say of loads, over those that a test knows. */
export function loading(): Pick<
  Services,
  | 'loadConsole'
  | 'runningLoads'
  | 'watchNodes'
  | 'placeNodes'
  | 'findLoads'
  | 'listLoads'
  | 'getLoad'
  | 'loadsFor'
> {
  const loads = sampleLoads(now);
  return {
    async findLoads(_me, { filter, offset }) {
      const items = loads.filter(
        ({ outcome, node, slower }) =>
          (!filter.outcome || outcome === filter.outcome) &&
          (!filter.node || node.name === filter.node) &&
          (!filter.slower || slower.length > 0),
      );
      const states = loads.map(({ outcome }) => ({ state: outcome, count: 1 }));
      return { items: items.slice(offset), total: items.length, states, pools: ['local'] };
    },
    runningLoads: async () => loads.filter(({ outcome }) => outcome === 'running'),
    watchNodes: async () => () => undefined,
    async placeNodes(_me, places) {
      const unknown = places.find(({ node }) => !node.startsWith('vm-'));
      if (unknown) throw invalid('places', `There is no node “${unknown.node}”.`);
      return { moved: places.length };
    },
    listLoads: async () => ({ items: loads, next: null }),
    async getLoad(_me, id) {
      const found = loads.find((load) => load.id === id);
      if (found === undefined) throw new LabError('not-found');
      return found;
    },
    loadConsole: async (_me, id) =>
      id === 23 ? Buffer.from('\u001b[2J\u001b[1;32miPXE\u001b[0m 1.21\r\nnet0: <ok>\r\n') : null,
    loadsFor: async (_me, id) => loads.filter(({ reservation }) => reservation?.id === id),
  };
}
