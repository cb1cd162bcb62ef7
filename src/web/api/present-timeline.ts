/** What is on which node when, as the API writes it. */
import type { z } from 'zod';
import type * as view from '../../services/views.ts';
import type * as schema from './schemas/timeline.ts';

const iso = (at: number) => new Date(at).toISOString();

export function presentAllocation(one: view.AllocationView): z.output<typeof schema.AllocationSchema> {
  const { id, nodeId, node, reservationId, purpose, state, user, image, of } = one;
  return {
    ...{ id, nodeId, node, reservationId, purpose, state, user, image, of },
    ...{ start: iso(one.start), end: iso(one.end), from: iso(one.from), until: iso(one.until) },
  };
}

export function presentAllocationDetail(
  one: view.AllocationDetailView,
): z.output<typeof schema.AllocationDetailSchema> {
  const { nodeState, movable, moves } = one;
  return { ...presentAllocation(one), nodeState, movable, moves: [...moves] };
}
