import { addIndexes, dropIndexes, type Migration } from './tables.ts';

/** What is found without looking at a million reservations and their tasks: the servers among what is live, the newest tasks of a state. */
const found = {
  reservations_live_servers: ['reservations', 'live', 'server_name'],
  tasks_status_id: ['tasks', 'status', 'id'],
} as const;
/** The second is the beginning of `tasks_node_status`. */
const before = {
  reservations_servers: ['reservations', 'server_name', 'live'],
  tasks_node_id_index: ['tasks', 'node_id'],
} as const;

export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addIndexes(knex, found);
    await dropIndexes(knex, before);
  },
  async down(knex) {
    await addIndexes(knex, before);
    await dropIndexes(knex, found);
  },
};
