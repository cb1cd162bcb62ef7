import { tables } from './tables.ts';

/** Accounts and what belongs to them. */
export const { up, down } = tables({
  users(t) {
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
  },
  user_groups(t) {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('role', 20).notNullable();
    t.integer('initial_minutes').nullable();
    t.integer('total_minutes').nullable();
    t.integer('extend_minutes').nullable();
    t.integer('overlap').nullable();
    t.integer('days_ahead').nullable();
    t.integer('upcoming').nullable();
  },
  group_members(t) {
    t.integer('group_id').notNullable();
    t.integer('user_id').notNullable();
    t.primary(['user_id', 'group_id']);
  },
  sessions(t) {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable().index();
    t.bigInteger('created_at').notNullable();
    t.bigInteger('expires_at').notNullable();
  },
  api_tokens(t) {
    t.increments('id');
    t.string('hash', 64).notNullable().unique();
    t.integer('user_id').notNullable().index();
    t.string('label', 120).notNullable();
    t.bigInteger('created_at').notNullable();
  },
  sign_in_links(t) {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable();
    t.bigInteger('expires_at').notNullable();
    t.bigInteger('used_at').nullable();
  },
  sign_in_attempts(t) {
    t.string('bucket', 160).primary();
    t.integer('failures').notNullable();
    t.bigInteger('not_before').notNullable();
    t.bigInteger('at').notNullable();
  },
  ssh_keys(t) {
    t.increments('id');
    t.integer('user_id').notNullable().index();
    t.string('label', 120).notNullable();
    t.text('public_key').notNullable();
    t.bigInteger('created_at').notNullable();
  },
  announcements(t) {
    t.increments('id');
    t.text('text').notNullable();
    t.bigInteger('until').nullable();
    t.integer('created_by').notNullable();
    t.bigInteger('created_at').notNullable();
  },
});
