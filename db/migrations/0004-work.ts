import { tables } from './tables.ts';

/** The two tables of work, and what people are told. */
export const { up, down } = tables({
  tasks(t) {
    t.increments('id');
    t.integer('parent_id').nullable();
    t.integer('children_left').notNullable().defaultTo(0);
    t.string('action', 20).notNullable();
    t.string('target_type', 20).notNullable();
    t.integer('target_id').notNullable();
    t.integer('place_id').nullable();
    t.integer('reservation_id').nullable().index();
    t.integer('node_id').nullable().index();
    t.text('args').notNullable();
    t.string('status', 20).notNullable();
    t.string('result', 500).nullable();
    t.string('open_key', 80).nullable().unique();
    t.bigInteger('run_after').notNullable();
    t.bigInteger('deadline').nullable();
    t.integer('attempt').notNullable().defaultTo(1);
    t.string('claimed_by', 64).nullable();
    t.integer('claim_epoch').notNullable().defaultTo(0);
    t.bigInteger('claim_until').nullable();
    t.bigInteger('lease_seq').notNullable().defaultTo(0);
    t.integer('terminate').notNullable().defaultTo(0);
    t.integer('wake').notNullable().defaultTo(0);
    t.integer('run_node').nullable().unique();
    t.integer('run_reservation').nullable().unique();
    t.string('run_host_slot', 60).nullable().unique();
    t.string('run_pool_slot', 60).nullable().unique();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.index(['status', 'run_after']);
    t.index(['claimed_by', 'status']);
  },
  events(t) {
    t.increments('id');
    t.bigInteger('at').notNullable();
    t.string('kind', 60).notNullable();
    t.integer('actor_id').nullable();
    t.integer('reservation_id').nullable();
    t.integer('node_id').nullable();
    t.integer('task_id').nullable();
    t.text('data').notNullable();
    t.string('retention', 10).notNullable();
    t.index(['reservation_id', 'id']);
    t.index(['retention', 'at']);
  },
  notices(t) {
    t.increments('id');
    t.integer('reservation_id').notNullable();
    t.string('notice_key', 60).notNullable();
    t.integer('user_id').notNullable();
    t.text('data').notNullable();
    t.bigInteger('at').notNullable();
    t.bigInteger('mailed_at').nullable();
    t.bigInteger('dismissed_at').nullable();
    t.unique(['reservation_id', 'notice_key']);
  },
});
