import { tables } from './tables.ts';

/** Who has what, and when: `occupancy` holds the bits of the booking invariant. */
export const { up, down } = tables({
  reservations(t) {
    t.increments('id');
    t.integer('user_id').notNullable();
    t.integer('image_id').notNullable();
    t.integer('revision_id').nullable();
    t.string('state', 20).notNullable();
    t.integer('live').nullable();
    t.bigInteger('start_at').notNullable();
    t.bigInteger('end_at').notNullable();
    t.integer('minutes').notNullable();
    t.integer('starts_now').notNullable();
    t.bigInteger('ready_at').nullable();
    t.bigInteger('acknowledged_at').nullable();
    t.bigInteger('connected_at').nullable();
    t.bigInteger('last_connected_at').nullable();
    t.bigInteger('unconnected_since').nullable();
    t.bigInteger('access_opened_at').nullable();
    t.bigInteger('terminal_seen_at').nullable();
    t.integer('keep_until_end').notNullable().defaultTo(0);
    t.string('username', 40).notNullable();
    t.text('password').nullable();
    t.bigInteger('ended_at').nullable();
    t.integer('ended_by').nullable();
    t.string('reason', 500).nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.index(['user_id', 'live', 'end_at']);
    t.index(['image_id', 'live']);
    t.index(['live', 'start_at']);
  },
  allocations(t) {
    t.increments('id');
    t.integer('node_id').notNullable();
    t.integer('reservation_id').nullable().index();
    t.string('purpose', 20).notNullable();
    t.string('state', 20).notNullable();
    t.bigInteger('start_at').notNullable();
    t.bigInteger('end_at').notNullable();
    t.bigInteger('hold_from').notNullable();
    t.bigInteger('hold_until').notNullable();
    t.bigInteger('released_at').nullable();
    t.integer('user_port').nullable();
    t.integer('port_place_id').nullable();
    t.bigInteger('created_at').notNullable();
    t.unique(['port_place_id', 'user_port']);
    t.index(['node_id', 'released_at', 'hold_from']);
    t.index(['start_at']);
  },
  occupancy(t) {
    t.integer('day').notNullable();
    t.integer('node_id').notNullable();
    t.bigInteger('am').notNullable().defaultTo(0);
    t.bigInteger('pm').notNullable().defaultTo(0);
    t.primary(['day', 'node_id']);
    t.unique(['node_id', 'day']);
  },
  counters(t) {
    t.string('name', 60).primary();
    t.integer('changes').notNullable();
  },
  idempotency_keys(t) {
    t.integer('user_id').notNullable();
    t.string('key_hash', 64).notNullable();
    t.string('body_hash', 64).notNullable();
    t.integer('reservation_id').nullable();
    t.bigInteger('created_at').notNullable();
    t.primary(['user_id', 'key_hash']);
  },
  tickets(t) {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable();
    t.integer('reservation_id').notNullable();
    t.string('purpose', 20).notNullable();
    t.text('args').notNullable();
    t.bigInteger('expires_at').notNullable();
  },
});
