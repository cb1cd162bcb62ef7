import { changes, type NewColumns } from './tables.ts';

const added = {
  courses: { budget_hours: (t) => t.integer('budget_hours').nullable() },
  reservations: {
    budget_course_id: (t) => t.integer('budget_course_id').nullable(),
    budget_free_until: (t) => t.bigInteger('budget_free_until').nullable(),
  },
} satisfies NewColumns;
const indexes = { reservations_budget: ['reservations', 'budget_course_id', 'user_id'] } as const;

/** Hours that each person of a course has for its term, and of which course a reservation takes them. */
export const { up, down } = changes({ columns: added, indexes });
