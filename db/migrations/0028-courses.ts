import { changes, type Migration, type NewColumns, tables } from './tables.ts';

const added = {
  allocations: {
    block_date_id: (t) => t.integer('block_date_id').nullable(),
    claimed_by: (t) => t.integer('claimed_by').nullable(),
  },
} satisfies NewColumns;
const indexes = {
  blocks_group: ['blocks', 'group_id', 'state'],
  block_dates_end: ['block_dates', 'end_at'],
} as const;
const oneSeatEach = 'allocations_block_date_claimed_by';

/** A course is a group with somebody who teaches it; `term_from` and `term_until` are dates of its time zone. */
const made = tables({
  courses(t) {
    t.integer('group_id').primary();
    t.string('time_zone', 60).notNullable();
    t.string('term_from', 10).notNullable();
    t.string('term_until', 10).notNullable();
    t.integer('own_seats').notNullable().defaultTo(0);
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  },
  course_instructors(t) {
    t.integer('user_id').notNullable();
    t.integer('group_id').notNullable();
    t.primary(['user_id', 'group_id']);
  },
  blocks(t) {
    t.increments('id');
    t.integer('group_id').notNullable();
    t.integer('image_id').notNullable();
    t.integer('seats').notNullable();
    t.string('time_zone', 60).notNullable();
    t.text('recurrence').notNullable();
    t.string('comment', 500).notNullable();
    t.integer('grace_minutes').nullable();
    t.integer('skips_short').notNullable().defaultTo(0);
    t.string('state', 20).notNullable();
    t.string('says', 500).nullable();
    t.integer('asked_by').notNullable();
    t.integer('decided_by').nullable();
    t.bigInteger('decided_at').nullable();
    t.bigInteger('created_at').notNullable();
    t.integer('version').notNullable().defaultTo(1);
  },
  block_dates(t) {
    t.increments('id');
    t.integer('block_id').notNullable();
    t.string('date', 10).notNullable();
    t.bigInteger('start_at').notNullable();
    t.bigInteger('end_at').notNullable();
    t.integer('seats').notNullable();
    t.integer('image_id').notNullable();
    t.string('state', 20).notNullable();
    t.string('says', 500).nullable();
    t.unique(['block_id', 'start_at']);
  },
});

const schema = changes({ made, columns: added, indexes });

/** Courses, the seats that they ask for, and whose seat is whose: of one date, each has one at most. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await schema.up(knex);
    await knex.schema.raw(
      `CREATE UNIQUE INDEX IF NOT EXISTS ${oneSeatEach} ON allocations (block_date_id, claimed_by)`,
    );
  },
  async down(knex) {
    await knex.schema.alterTable('allocations', (t) => t.dropUnique([], oneSeatEach));
    await schema.down(knex);
  },
};
