import { idIn } from '../../input.ts';
import { defineOperation, type Operation } from '../operation.ts';
import { presentPage } from '../present.ts';
import { presentAllocation, presentAllocationDetail } from '../present-timeline.ts';
import { pageOf } from '../schemas/common.ts';
import * as schema from '../schemas/timeline.ts';

const who = 'allocations.read' as const;
const one = '/allocations/:id';

const listAllocations = defineOperation({
  ...{ id: 'listAllocations', method: 'get', path: '/allocations', who },
  summary: 'What is held of which node in a window, by node and time.',
  query: schema.AllocationsQuery,
  answers: { 200: { description: 'A page of them.', schema: pageOf(schema.AllocationSchema) } },
  run: async ({ services, me, query }) => {
    const found = await services.listAllocations(me, query);
    return { status: 200, body: presentPage(found, presentAllocation) };
  },
});

const getAllocation = defineOperation({
  ...{ id: 'getAllocation', method: 'get', path: one, who },
  summary: 'One of them, and where it could go.',
  answers: { 200: { description: 'The allocation.', schema: schema.AllocationDetailSchema } },
  run: async ({ services, me, req }) => ({
    status: 200,
    body: presentAllocationDetail(await services.getAllocation(me, idIn(req.params.id))),
  }),
});

const moveAllocation = defineOperation({
  ...{ id: 'moveAllocation', method: 'post', path: `${one}/move`, who: 'calendar.manage' },
  summary:
    'Moves a booking whose machine is not being made ready yet to that node, or to any that fits: whole or not at all. It has another id there.',
  body: schema.MoveBody,
  answers: { 200: { description: 'What it is there.', schema: schema.AllocationDetailSchema } },
  run: async ({ services, me, req, body, once }) => ({
    status: 200,
    body: presentAllocationDetail(await services.moveAllocation(me, idIn(req.params.id), body.nodeId, once)),
  }),
});

/** What is on which node when. */
export const timelineOperations: readonly Operation[] = [listAllocations, getAllocation, moveAllocation];
