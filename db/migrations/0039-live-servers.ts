import { addIndexes, dropIndexes, type Migration } from './tables.ts';

/** What is live first: its servers are then found among a million live reservations without looking at them. */
const found = { reservations_live_servers: ['reservations', 'live', 'server_name'] } as const;
const before = { reservations_servers: ['reservations', 'server_name', 'live'] } as const;

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
