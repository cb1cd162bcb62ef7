import { addColumns, addIndexes, dropColumns, dropIndexes, type Migration } from './tables.ts';

const added = {
  courses: { budget_hours: (t) => t.integer('budget_hours').nullable() },
  reservations: {
    budget_course_id: (t) => t.integer('budget_course_id').nullable(),
    budget_free_until: (t) => t.bigInteger('budget_free_until').nullable(),
  },
} satisfies Parameters<typeof addColumns>[1];
const indexes = { reservations_budget: ['reservations', 'budget_course_id', 'user_id'] } as const;

/** Hours that each person of a course has for its term, and of which course a reservation takes them. */
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
