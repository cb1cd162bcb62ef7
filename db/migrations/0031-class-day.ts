import {
  addColumns,
  addIndexes,
  dropColumns,
  dropIndexes,
  type Migration,
  type NewColumns,
} from './tables.ts';

const added = {
  allocations: { seat: (t) => t.integer('seat').nullable() },
  reservations: { block_date_id: (t) => t.integer('block_date_id').nullable() },
} satisfies NewColumns;
const indexes = {
  reservations_block_date: ['reservations', 'block_date_id'],
} as const;

/** Which seat of its date a machine is, so that another machine can take its place; and which class a reservation is a seat of. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addColumns(knex, added);
    await addIndexes(knex, indexes);
    await knex.raw('UPDATE allocations SET seat = id WHERE block_date_id IS NOT NULL AND seat IS NULL');
  },
  async down(knex) {
    await dropIndexes(knex, indexes);
    await dropColumns(knex, added);
  },
};
