import { addColumns, addIndexes, dropColumns, dropIndexes, type Migration } from './tables.ts';

const added = {
  // What a notice says is about this image; one that is about no reservation has 0 as its reservation.
  notices: { image_id: (t) => t.integer('image_id').nullable() },
} satisfies Parameters<typeof addColumns>[1];

const indexes = { notices_user_image: ['notices', 'user_id', 'image_id'] } as const;

/** What becomes of their images is told to people too. */
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
