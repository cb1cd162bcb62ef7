import { addColumns, dropColumns, type Migration } from './tables.ts';

const added = {
  places: { draining_since: (t) => t.bigInteger('draining_since').nullable() },
} satisfies Parameters<typeof addColumns>[1];

/** A place that begins no loads for a while. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
