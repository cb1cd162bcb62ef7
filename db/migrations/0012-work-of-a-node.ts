import { addIndexes, dropIndexes, type Migration } from './tables.ts';

/** What is open on a node is found among its own tasks, however many are booked ahead and however many it had. */
const indexes = { tasks_node_status: ['tasks', 'node_id', 'status'] } as const;

export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addIndexes(knex, indexes),
  down: (knex) => dropIndexes(knex, indexes),
};
