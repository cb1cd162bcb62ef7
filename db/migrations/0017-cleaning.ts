import { addColumns, dropColumns, type Migration, type NewColumns, tables } from './tables.ts';

const added = {
  nodes: { unclean: (t) => t.integer('unclean').notNullable().defaultTo(0) },
} satisfies NewColumns;

const results = tables({
  cleaned_disks(t) {
    t.increments('id');
    t.integer('node_id').notNullable();
    t.bigInteger('at').notNullable();
    t.string('name', 40).notNullable();
    t.string('model', 120).notNullable();
    t.string('serial', 120).notNullable();
    t.bigInteger('bytes').notNullable();
    t.string('result', 10).notNullable();
    t.string('method', 120).notNullable();
    t.integer('seconds').notNullable();
    t.string('says', 300).notNullable();
    t.index(['node_id', 'at'], 'cleaned_disks_of_node');
  },
});

/** Whose disks may hold somebody's bytes, and what came of each disk that was cleaned. Bare metal was not cleaned before this. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addColumns(knex, added);
    await knex('nodes').whereIn('id', knex('node_hardware').select('node_id')).update({ unclean: 1 });
    await results.up(knex);
  },
  async down(knex) {
    await results.down(knex);
    await dropColumns(knex, added);
  },
};
