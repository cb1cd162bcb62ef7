import { z } from 'zod';
import { allocationPurposes, allocationStates, nodeStates } from '../../../domain/states.ts';
import { bodyOf, filterText, id, PageQuery, time, timeIn } from './common.ts';

export const AllocationsQuery = PageQuery.extend({
  from: timeIn,
  to: timeIn,
  node: filterText.describe('The node’s name.'),
  pool: filterText.describe('The pool’s name.'),
  person: filterText.describe('The name of whose it is.'),
  purpose: z.enum(allocationPurposes, 'is no purpose of an allocation.').optional(),
}).refine(({ from, to }) => from < to, { path: ['to'], error: 'must be later than `from`.' });

export const AllocationSchema = z.object({
  id,
  nodeId: id,
  node: z.string(),
  reservationId: id.nullable(),
  purpose: z.enum(allocationPurposes),
  state: z.enum(allocationStates),
  start: time,
  end: time,
  from: time.describe('With the load before it.'),
  until: time.describe('With the clean-up after it; of what is released, as far as it came.'),
  user: z.string().nullable().describe('Whose it is.'),
  image: z.string().nullable().describe('The title of what is loaded for it.'),
  of: z
    .object({ kind: z.enum(['block', 'maintenance', 'schedule']), id, title: z.string() })
    .nullable()
    .describe('The class, the maintenance window or the schedule that it is part of.'),
});

export const AllocationDetailSchema = AllocationSchema.extend({
  nodeState: z.enum(nodeStates),
  movable: z.boolean().describe('Its load has not begun: it can go to another node.'),
  moves: z.array(z.object({ id, name: z.string() })).describe('Some of the nodes that are free for it.'),
});

export const MoveBody = bodyOf({
  nodeId: z.int('must be the number of a node.').positive('must be the number of a node.').optional(),
});
