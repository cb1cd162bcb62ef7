import { changes, type Migration, type NewColumns, tables } from './tables.ts';

const added = {
  reservations: {
    // null: it is none
    server_name: (t) => t.string('server_name', 60).nullable(),
    open_ended: (t) => t.integer('open_ended').notNullable().defaultTo(0),
    login_group_id: (t) => t.integer('login_group_id').nullable(),
    admin_group_id: (t) => t.integer('admin_group_id').nullable(),
  },
  user_groups: { servers: (t) => t.integer('servers').nullable().defaultTo(0) },
} satisfies NewColumns;
const indexes = { reservations_servers: ['reservations', 'server_name', 'live'] } as const;

/** `opened_as`: what the account was on the machine when it was opened last; null: it is not open. */
const made = tables({
  server_accounts(t) {
    t.increments('id');
    t.integer('reservation_id').notNullable();
    t.integer('user_id').notNullable();
    t.string('username', 40).notNullable();
    t.text('password').nullable();
    t.string('opened_as', 80).nullable();
    t.unique(['reservation_id', 'user_id']);
    t.unique(['reservation_id', 'username']);
  },
});

const schema = changes({ made, columns: added, indexes });

/** Servers: machines for long, which groups of people get into. */
export const { up, down }: Omit<Migration, 'name'> = {
  async up(knex) {
    await schema.up(knex);
    await knex('user_groups').where({ role: 'administrator' }).update({ servers: null });
  },
  down: schema.down,
};
