import { addColumns, addIndexes, dropColumns, dropIndexes, type Migration } from './tables.ts';

const added = {
  tasks: {
    waits_slot: (t) => t.string('waits_slot', 60).nullable(),
    waits_since: (t) => t.bigInteger('waits_since').nullable(),
    waits_ahead: (t) => t.integer('waits_ahead').nullable(),
  },
} satisfies Parameters<typeof addColumns>[1];
const indexes = { tasks_waits_slot: ['tasks', 'waits_slot'] } as const;

/** A load that waits until others are through has its turn: since when it waits, and how many are before it. */
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
