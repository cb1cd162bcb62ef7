import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const rules = {
  never_connected_minutes: (t) => t.integer('never_connected_minutes').nullable(),
  disconnected_minutes: (t) => t.integer('disconnected_minutes').nullable(),
  idle_minutes: (t) => t.integer('idle_minutes').nullable(),
} satisfies NewColumns[string];
const added = {
  images: rules,
  pools: rules,
  reservations: { idle_since: (t) => t.bigInteger('idle_since').nullable() },
} satisfies NewColumns;

/** How long machines wait for their people, by environment and by pool; since when nothing was typed on one. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
