import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  nodes: {
    out_for: (t) => t.string('out_for', 20).nullable(),
    out_because: (t) => t.string('out_because', 500).nullable(),
    next_image_id: (t) => t.integer('next_image_id').nullable(),
  },
} satisfies NewColumns;

/** What an administrator wants of a node after whoever has it. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
