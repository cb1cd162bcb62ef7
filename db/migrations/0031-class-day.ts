import { changes, type Migration, type NewColumns } from './tables.ts';

const added = {
  allocations: { seat: (t) => t.integer('seat').nullable() },
  reservations: { block_date_id: (t) => t.integer('block_date_id').nullable() },
} satisfies NewColumns;
const indexes = {
  reservations_block_date: ['reservations', 'block_date_id'],
} as const;

const schema = changes({ columns: added, indexes });

/** Which seat of its date a machine is, so that another machine can take its place; and which class a reservation is a seat of. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await schema.up(knex);
    await knex.raw('UPDATE allocations SET seat = id WHERE block_date_id IS NOT NULL AND seat IS NULL');
  },
  down: schema.down,
};
