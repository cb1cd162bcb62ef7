import type { Knex } from 'knex';

/** Times are UTC epoch milliseconds, JSON is text, booleans are 0 or 1: alike on every engine. */
export async function up(knex: Knex): Promise<void> {
  await people(knex);
  await machines(knex);
  await quarantine(knex);
  await bookings(knex);
  await work(knex);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of tablesInOrder.toReversed()) await knex.schema.dropTableIfExists(table);
}

const tablesInOrder = [
  'installation',
  'places',
  'users',
  'user_groups',
  'group_members',
  'sessions',
  'api_tokens',
  'sign_in_links',
  'sign_in_attempts',
  'ssh_keys',
  'announcements',
  'images',
  'image_revisions',
  'pools',
  'nodes',
  'occupancy',
  'quarantine',
  'reservations',
  'allocations',
  'counters',
  'idempotency_keys',
  'tasks',
  'events',
  'notices',
  'load_times',
  'tickets',
]; // prettier-ignore

async function people(knex: Knex): Promise<void> {
  await knex.schema.createTable('installation', (t) => {
    t.increments('id');
    t.string('uuid', 64).notNullable();
    t.text('key_check').nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('last_administrator_guard').notNullable().defaultTo(0);
    t.integer('materialised_until_day').notNullable().defaultTo(0);
    t.integer('poller_epoch').notNullable().defaultTo(0);
  });
  await knex.schema.createTable('places', (t) => {
    t.increments('id');
    t.string('uuid', 64).notNullable().unique();
    t.string('name', 120).notNullable();
    t.integer('armed').notNullable().defaultTo(0);
    t.bigInteger('created_at').notNullable();
  });
  await knex.schema.createTable('users', (t) => {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('display_name', 120).notNullable();
    t.string('email', 254).nullable();
    t.string('password_hash', 255).nullable();
    t.integer('must_change_password').notNullable().defaultTo(0);
    t.bigInteger('first_signed_in_at').nullable();
    t.string('time_zone', 60).nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  });
  await knex.schema.createTable('user_groups', (t) => {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('role', 20).notNullable();
    t.integer('initial_minutes').nullable();
    t.integer('total_minutes').nullable();
    t.integer('extend_minutes').nullable();
    t.integer('overlap').nullable();
    t.integer('days_ahead').nullable();
    t.integer('upcoming').nullable();
  });
  await knex.schema.createTable('group_members', (t) => {
    t.integer('group_id').notNullable();
    t.integer('user_id').notNullable();
    t.primary(['user_id', 'group_id']);
  });
  await knex.schema.createTable('sessions', (t) => {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable().index();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('expires_at').notNullable();
  });
  await knex.schema.createTable('api_tokens', (t) => {
    t.increments('id');
    t.string('hash', 64).notNullable().unique();
    t.integer('user_id').notNullable().index();
    t.string('label', 120).notNullable();
    t.bigInteger('created_at').notNullable();
  });
  await knex.schema.createTable('sign_in_links', (t) => {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable();
    t.bigInteger('expires_at').notNullable();
    t.bigInteger('used_at').nullable();
  });
  await knex.schema.createTable('sign_in_attempts', (t) => {
    t.string('bucket', 160).primary();
    t.integer('failures').notNullable();
    t.bigInteger('not_before').notNullable();
    t.bigInteger('at').notNullable();
  });
  await knex.schema.createTable('ssh_keys', (t) => {
    t.increments('id');
    t.integer('user_id').notNullable().index();
    t.string('label', 120).notNullable();
    t.text('public_key').notNullable();
    t.bigInteger('created_at').notNullable();
  });
  await knex.schema.createTable('announcements', (t) => {
    t.increments('id');
    t.text('text').notNullable();
    t.bigInteger('until').nullable();
    t.integer('created_by').notNullable();
    t.bigInteger('created_at').notNullable();
  });
}

async function machines(knex: Knex): Promise<void> {
  await knex.schema.createTable('images', (t) => {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('title', 120).notNullable();
    t.text('description').notNullable();
    t.text('notes').notNullable();
    t.string('icon', 20).notNullable();
    t.string('os_module', 40).notNullable();
    t.integer('cpus').notNullable().defaultTo(1);
    t.integer('memory_mb').notNullable().defaultTo(0);
    t.integer('disk_mb').notNullable().defaultTo(0);
    t.integer('max_minutes').nullable();
    t.integer('max_at_once').nullable();
    t.integer('check_connected').notNullable().defaultTo(1);
    t.integer('production_revision_id').nullable();
    t.integer('owner_id').nullable();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('deleted_at').nullable();
    t.integer('version').notNullable().defaultTo(1);
  });
  await knex.schema.createTable('image_revisions', (t) => {
    t.increments('id');
    t.integer('image_id').notNullable();
    t.integer('number').notNullable();
    t.string('format', 20).notNullable();
    t.integer('place_id').nullable();
    t.string('file', 500).notNullable();
    t.bigInteger('size_bytes').notNullable();
    t.bigInteger('virtual_bytes').notNullable();
    t.string('sha256', 64).nullable();
    t.text('system').notNullable();
    t.integer('uses').notNullable().defaultTo(0);
    t.bigInteger('suspended_at').nullable();
    t.string('suspended_because', 500).nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('created_by').nullable();
    t.unique(['image_id', 'number']);
  });
  await knex.schema.createTable('pools', (t) => {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('module', 40).notNullable();
    t.text('settings').notNullable();
    t.string('reach', 20).notNullable();
    t.integer('place_id').notNullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  });
  await knex.schema.createTable('nodes', (t) => {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.integer('pool_id').notNullable().index();
    t.integer('place_id').notNullable();
    t.string('state', 20).notNullable();
    t.integer('cpus').notNullable();
    t.integer('memory_mb').notNullable();
    t.integer('disk_mb').notNullable();
    t.string('mac', 17).notNullable().unique();
    t.integer('load_no').notNullable().defaultTo(0);
    t.integer('load_task_id').nullable();
    t.bigInteger('load_began_at').nullable();
    t.integer('revision_id').nullable();
    t.integer('preferred_image_id').nullable();
    t.integer('tainted').notNullable().defaultTo(0);
    t.string('power', 20).notNullable().defaultTo('unknown');
    t.string('management_host', 120).nullable();
    t.integer('management_port').nullable();
    t.text('host_keys').notNullable();
    t.text('secrets').nullable();
    t.string('failure', 500).nullable();
    t.bigInteger('failed_at').nullable();
    t.bigInteger('state_at').notNullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
    t.index(['state', 'revision_id']);
  });
  await knex.schema.createTable('occupancy', (t) => {
    t.integer('day').notNullable();
    t.integer('node_id').notNullable();
    t.bigInteger('am').notNullable().defaultTo(0);
    t.bigInteger('pm').notNullable().defaultTo(0);
    t.primary(['day', 'node_id']);
    t.unique(['node_id', 'day']);
  });
}

async function quarantine(knex: Knex): Promise<void> {
  await knex.schema.createTable('quarantine', (t) => {
    t.integer('place_id').notNullable();
    t.string('name', 200).notNullable();
    t.string('what', 200).notNullable();
    t.bigInteger('since').notNullable();
    t.primary(['place_id', 'name']);
  });
}

async function bookings(knex: Knex): Promise<void> {
  await knex.schema.createTable('reservations', (t) => {
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
  });
  await knex.schema.createTable('allocations', (t) => {
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
  });
  await knex.schema.createTable('counters', (t) => {
    t.string('name', 60).primary();
    t.integer('changes').notNullable();
  });
  await knex.schema.createTable('idempotency_keys', (t) => {
    t.integer('user_id').notNullable();
    t.string('idempotency_key', 120).notNullable();
    t.string('body_hash', 64).notNullable();
    t.integer('reservation_id').nullable();
    t.bigInteger('created_at').notNullable();
    t.primary(['user_id', 'idempotency_key']);
  });
  await knex.schema.createTable('tickets', (t) => {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable();
    t.integer('reservation_id').notNullable();
    t.string('purpose', 20).notNullable();
    t.text('args').notNullable();
    t.bigInteger('expires_at').notNullable();
  });
}

async function work(knex: Knex): Promise<void> {
  await knex.schema.createTable('tasks', (t) => {
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
  });
  await knex.schema.createTable('events', (t) => {
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
  });
  await knex.schema.createTable('notices', (t) => {
    t.increments('id');
    t.integer('reservation_id').notNullable();
    t.string('notice_key', 60).notNullable();
    t.integer('user_id').notNullable();
    t.text('data').notNullable();
    t.bigInteger('at').notNullable();
    t.bigInteger('mailed_at').nullable();
    t.bigInteger('dismissed_at').nullable();
    t.unique(['reservation_id', 'notice_key']);
  });
  await knex.schema.createTable('load_times', (t) => {
    t.increments('id');
    t.integer('image_id').notNullable();
    t.integer('pool_id').notNullable();
    t.string('step', 40).notNullable();
    t.integer('milliseconds').notNullable();
    t.bigInteger('at').notNullable();
    t.index(['image_id', 'pool_id', 'step', 'id']);
  });
}
