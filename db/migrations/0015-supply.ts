import { addIndexes, dropIndexes, type Migration } from './tables.ts';

/** How soon something can be had is read off an index, however many machines there are and whatever is booked for later. */
const indexes = {
  nodes_alike: [
    'nodes',
    ...['pool_id', 'cpus', 'memory_mb', 'disk_mb', 'state', 'out_for', 'tainted', 'revision_id'],
  ],
  allocations_live: ['allocations', 'released_at', 'hold_from'],
} as const;

export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addIndexes(knex, indexes),
  down: (knex) => dropIndexes(knex, indexes),
};
