import { addColumns, dropColumns, type Migration, type NewColumns, tables } from './tables.ts';

const imageGroups = tables({
  image_groups(t) {
    t.integer('image_id').notNullable();
    t.integer('group_id').notNullable();
    t.primary(['image_id', 'group_id']);
  },
});

const added = {
  images: {
    visibility: (t) => t.string('visibility', 20).notNullable().defaultTo('everyone'),
    previous_revision_id: (t) => t.integer('previous_revision_id').nullable(),
  },
  image_revisions: {
    ready_at: (t) => t.bigInteger('ready_at').nullable(),
    proven_at: (t) => t.bigInteger('proven_at').nullable(),
    comment: (t) => t.string('comment', 500).notNullable().defaultTo(''),
    base_revision_id: (t) => t.integer('base_revision_id').nullable(),
    reservation_id: (t) => t.integer('reservation_id').nullable(),
    deleted_at: (t) => t.bigInteger('deleted_at').nullable(),
  },
  reservations: {
    imaging: (t) => t.integer('imaging').notNullable().defaultTo(0),
    capture_revision_id: (t) => t.integer('capture_revision_id').nullable(),
    capture_failure: (t) => t.string('capture_failure', 500).nullable(),
  },
} satisfies NewColumns;

/** Images that people make: who sees them, where a revision comes from, and what a reservation is being saved as. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await addColumns(knex, added);
    await imageGroups.up(knex);
    const created = knex.ref('created_at');
    await knex('image_revisions').whereNull('ready_at').update({ ready_at: created, proven_at: created });
  },
  async down(knex) {
    await imageGroups.down(knex);
    await dropColumns(knex, added);
  },
};
