import { tables } from './tables.ts';

/** The installation, its places, images, pools and machines. */
export const { up, down } = tables({
  installation(t) {
    t.increments('id');
    t.string('uuid', 64).notNullable();
    t.text('key_check').nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('last_administrator_guard').notNullable().defaultTo(0);
    t.integer('materialised_until_day').notNullable().defaultTo(0);
    t.integer('poller_epoch').notNullable().defaultTo(0);
  },
  places(t) {
    t.increments('id');
    t.string('uuid', 64).notNullable().unique();
    t.string('name', 120).notNullable();
    t.integer('armed').notNullable().defaultTo(0);
    t.bigInteger('created_at').notNullable();
  },
  images(t) {
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
  },
  image_revisions(t) {
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
  },
  pools(t) {
    t.increments('id');
    t.string('name', 60).notNullable().unique();
    t.string('module', 40).notNullable();
    t.text('settings').notNullable();
    t.string('reach', 20).notNullable();
    t.integer('place_id').notNullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  },
  nodes(t) {
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
  },
  quarantine(t) {
    t.integer('place_id').notNullable();
    t.string('name', 200).notNullable();
    t.string('what', 200).notNullable();
    t.bigInteger('since').notNullable();
    t.primary(['place_id', 'name']);
  },
  load_times(t) {
    t.increments('id');
    t.integer('image_id').notNullable();
    t.integer('pool_id').notNullable();
    t.string('step', 40).notNullable();
    t.integer('milliseconds').notNullable();
    t.bigInteger('at').notNullable();
    t.index(['image_id', 'pool_id', 'step', 'id']);
  },
});
