import { changes, type NewColumns, tables } from './tables.ts';

const added = {
  users: { invited: (t) => t.integer('invited').notNullable().defaultTo(1) },
} satisfies NewColumns;
const indexes = {
  calendar_addresses_user: ['calendar_addresses', 'user_id'],
  invitations_end: ['invitations', 'end_at'],
} as const;

const made = tables({
  /** The secret addresses under which people's calendars are read: of each only its hash, those that were revoked too. */
  calendar_addresses(t) {
    t.string('hash', 64).primary();
    t.integer('user_id').notNullable();
    t.bigInteger('made_at').notNullable();
    t.bigInteger('read_at').nullable();
    t.bigInteger('revoked_at').nullable();
  },
  /** What a booking's person was told last by an invitation. */
  invitations(t) {
    t.integer('reservation_id').primary();
    t.bigInteger('start_at').notNullable();
    t.bigInteger('end_at').notNullable();
    t.integer('image_id').notNullable();
    t.integer('sequence').notNullable();
    t.bigInteger('cancelled_at').nullable();
  },
});

/** A person's own calendar, read elsewhere; bookings mailed as invitations, unless somebody wants none. */
export const { up, down } = changes({ made, columns: added, indexes });
