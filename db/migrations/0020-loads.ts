import type { Knex } from 'knex';
import { addColumns, dropColumns, type Migration, tables } from './tables.ts';

/** Every try at loading a node, with the phases that it went through and what its console said; where in which rack a node stands, and what was told outside. */
const loads = tables({
  loads(t) {
    t.increments('id');
    t.integer('node_id').notNullable();
    t.integer('load_no').notNullable();
    t.integer('task_id').notNullable().index();
    t.string('action', 20).notNullable();
    t.integer('reservation_id').nullable().index();
    t.integer('pool_id').notNullable();
    t.integer('image_id').notNullable();
    t.string('image', 80).notNullable();
    t.string('model', 120).notNullable();
    t.bigInteger('began_at').notNullable();
    t.bigInteger('ended_at').nullable().index();
    t.string('outcome', 10).notNullable();
    t.string('failure', 500).nullable();
    t.string('step', 200).nullable();
    t.float('fraction').nullable();
    t.text('phases').notNullable();
    t.text('slower').nullable();
    t.index(['node_id', 'id']);
    t.index(['image_id', 'pool_id', 'model', 'outcome', 'id']);
  },
  alerts(t) {
    t.string('item', 250).primary();
    t.bigInteger('taken_at').notNullable();
    t.bigInteger('told_at').nullable();
  },
  load_consoles(t) {
    t.integer('load_id').primary();
    t.integer('node_id').notNullable();
    t.text('text', 'mediumtext').notNullable();
    t.index(['node_id', 'load_id']);
  },
});

const columns = {
  nodes: {
    rack: (t: Knex.AlterTableBuilder) => t.string('rack', 40).nullable(),
    rack_unit: (t: Knex.AlterTableBuilder) => t.integer('rack_unit').nullable(),
  },
};

export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addColumns(knex, columns);
    await loads.up(knex);
  },
  async down(knex) {
    await loads.down(knex);
    await dropColumns(knex, columns);
  },
};
