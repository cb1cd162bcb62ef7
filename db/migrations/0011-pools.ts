import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  pools: {
    // Changed by whoever adds a node to it and by whoever removes it: of the two, one is told.
    members_guard: (t) => t.integer('members_guard').notNullable().defaultTo(0),
    test_task_id: (t) => t.integer('test_task_id').nullable(),
  },
} satisfies NewColumns;

/** Pools that people make, test and remove. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
