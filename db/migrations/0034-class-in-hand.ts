import { changes, type NewColumns, tables } from './tables.ts';

const added = {
  /** The end it had before it was ended early; null: nobody ended it. */
  block_dates: { planned_end_at: (t) => t.bigInteger('planned_end_at').nullable() },
  /** 1: it is still to be said in the terminals of its reservation. */
  notices: { unsaid: (t) => t.integer('unsaid').nullable() },
} satisfies NewColumns;

const made = tables({
  /** So many minutes longer than the class somebody keeps their seat of that date. */
  seat_extras(t) {
    t.integer('block_date_id').notNullable();
    t.integer('user_id').notNullable();
    t.integer('minutes').notNullable();
    t.primary(['block_date_id', 'user_id']);
  },
});

/** Who teaches has the class in hand: ends it early, speaks to all, gives single students more time. */
export const { up, down } = changes({ made, columns: added });
