import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  places: { draining_since: (t) => t.bigInteger('draining_since').nullable() },
} satisfies NewColumns;

/** A place that begins no loads for a while. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
