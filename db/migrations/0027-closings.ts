import { changes, type NewColumns, tables } from './tables.ts';

/** Weekly hours, maintenance windows, and the time that either should have and somebody else still has. */
const made = tables({
  schedules(t) {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('time_zone', 60).notNullable();
    t.text('hours').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.bigInteger('created_at').notNullable();
  },
  maintenance_windows(t) {
    t.increments('id');
    t.string('reason', 200).notNullable();
    t.string('time_zone', 60).notNullable();
    t.bigInteger('from_at').notNullable();
    t.bigInteger('until_at').notNullable();
    t.string('nodes_kind', 20).notNullable();
    t.text('nodes_named').notNullable();
    t.string('bookings', 20).notNullable();
    t.integer('created_by').notNullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('ended_at').nullable();
    t.integer('version').notNullable().defaultTo(1);
    t.index(['ended_at', 'until_at']);
  },
  maintenance_nodes(t) {
    t.integer('window_id').notNullable();
    t.integer('node_id').notNullable();
    t.string('state', 20).notNullable();
    t.integer('held_version').notNullable().defaultTo(0);
    t.primary(['window_id', 'node_id']);
    t.index(['node_id', 'state']);
  },
  closing_gaps(t) {
    t.increments('id');
    t.integer('node_id').notNullable();
    t.string('purpose', 20).notNullable();
    t.integer('closing_id').notNullable();
    t.bigInteger('from_at').notNullable();
    t.bigInteger('until_at').notNullable();
    t.index(['node_id', 'from_at']);
    t.index(['purpose', 'closing_id']);
  },
});

const added = {
  allocations: { closing_id: (t) => t.integer('closing_id').nullable() },
  nodes: {
    schedule_id: (t) => t.integer('schedule_id').nullable(),
    held_schedule_id: (t) => t.integer('held_schedule_id').nullable(),
    held_schedule_version: (t) => t.integer('held_schedule_version').nullable(),
    held_schedule_until: (t) => t.bigInteger('held_schedule_until').nullable(),
    out_window_id: (t) => t.integer('out_window_id').nullable(),
  },
} satisfies NewColumns;

const indexes = { nodes_schedule: ['nodes', 'schedule_id'] } as const;

export const { up, down } = changes({ made, columns: added, indexes });
