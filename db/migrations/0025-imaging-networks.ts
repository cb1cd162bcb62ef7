import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  pools: {
    network_checks: (t) => t.text('network_checks').nullable(),
    network_checked_at: (t) => t.bigInteger('network_checked_at').nullable(),
    network_asked_at: (t) => t.bigInteger('network_asked_at').nullable(),
    network_wrong_since: (t) => t.bigInteger('network_wrong_since').nullable(),
  },
} satisfies NewColumns;

/** What was found of the network that a pool's machines start from. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
