import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  image_revisions: {
    missing_since: (t) => t.bigInteger('missing_since').nullable(),
    missing_because: (t) => t.string('missing_because', 200).nullable(),
  },
} satisfies NewColumns;

/** A revision whose file is not where it was kept is loaded nowhere until it is back. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
