import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  allocations: { user_host: (t) => t.string('user_host', 45).nullable() },
} satisfies NewColumns;

/** Where a machine's person reaches it by an address of its own. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
