import { tables } from './tables.ts';

/** Where the gateways of running daemons are reached: a web process may run anywhere. */
export const { up, down } = tables({
  gateways(t) {
    t.integer('place_id').notNullable();
    t.string('name', 60).notNullable();
    t.string('address', 500).notNullable();
    t.bigInteger('since').notNullable();
    t.primary(['place_id', 'name']);
  },
});
