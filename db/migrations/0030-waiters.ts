import { changes, tables } from './tables.ts';

const indexes = { waiters_reservation: ['waiters', 'reservation_id'] } as const;

/** Who waits for a machine: `live` is 1 or null, so that a person has one place for an image and may wait again later. */
const made = tables({
  waiters(t) {
    t.increments('id');
    t.integer('user_id').notNullable();
    t.integer('image_id').notNullable();
    t.integer('live').nullable();
    t.integer('minutes').notNullable();
    t.integer('asks_first').notNullable();
    t.string('time_zone', 60).notNullable();
    t.integer('missed').notNullable().defaultTo(0);
    t.bigInteger('not_before').nullable();
    t.bigInteger('aside_until').nullable();
    t.integer('reservation_id').nullable();
    t.bigInteger('offered_until').nullable();
    t.string('outcome', 20).nullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.unique(['live', 'user_id', 'image_id']);
  },
});

/** The waiting list. */
export const { up, down } = changes({ made, indexes });
