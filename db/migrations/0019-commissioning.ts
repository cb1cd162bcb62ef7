import { tables } from './tables.ts';

/** Machines that started from the network and are no nodes. */
export const { up, down } = tables({
  discovered_machines(t) {
    t.increments('id').primary();
    t.integer('pool_id').notNullable();
    t.string('mac', 17).notNullable();
    t.bigInteger('first_at').notNullable();
    t.bigInteger('last_at').notNullable();
    t.integer('times').notNullable();
    t.text('inventory').nullable();
    t.bigInteger('ignored_at').nullable();
    t.unique(['pool_id', 'mac']);
  },
});
