import { changes, type NewColumns } from './tables.ts';

const added = {
  tasks: {
    waits_slot: (t) => t.string('waits_slot', 60).nullable(),
    waits_since: (t) => t.bigInteger('waits_since').nullable(),
    waits_ahead: (t) => t.integer('waits_ahead').nullable(),
  },
} satisfies NewColumns;
const indexes = { tasks_waits_slot: ['tasks', 'waits_slot'] } as const;

/** A load that waits until others are through has its turn: since when it waits, and how many are before it. */
export const { up, down } = changes({ columns: added, indexes });
