import { tables } from './tables.ts';

/** Machines that started from the network and are no nodes; what came of looking at nodes before people get them. */
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
  node_commissions(t) {
    t.increments('id').primary();
    t.integer('node_id').notNullable();
    t.bigInteger('asked_at').notNullable();
    t.integer('asked_by').nullable();
    t.integer('back').notNullable();
    t.bigInteger('began_at').nullable();
    t.bigInteger('ended_at').nullable();
    t.string('outcome', 10).nullable();
    t.text('says').nullable();
    t.text('parts').nullable();
    t.index(['node_id', 'id']);
  },
});
