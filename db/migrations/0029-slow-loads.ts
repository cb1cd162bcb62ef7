import { addColumns, addIndexes, dropColumns, dropIndexes, type Migration } from './tables.ts';

const added = {
  loads: { slow_at: (t) => t.bigInteger('slow_at').nullable() },
  load_times: { model: (t) => t.string('model', 120).notNullable().defaultTo('') },
} satisfies Parameters<typeof addColumns>[1];
const indexes = {
  load_times_model: ['load_times', 'image_id', 'pool_id', 'step', 'model', 'id'],
} as const;

/** From when on the phase that a load is in takes too long; on which model of machine a step took so long. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addColumns(knex, added);
    await addIndexes(knex, indexes);
  },
  async down(knex) {
    await dropIndexes(knex, indexes);
    await dropColumns(knex, added);
  },
};
