import { changes, type NewColumns, tables } from './tables.ts';

const added = {
  allocations: {
    member: (t) => t.integer('member').notNullable().defaultTo(0),
    member_name: (t) => t.string('member_name', 40).nullable(),
    member_role: (t) => t.string('member_role', 40).nullable(),
    image_id: (t) => t.integer('image_id').nullable(),
  },
} satisfies NewColumns;
const indexes = {
  image_members_member: ['image_members', 'member_image_id'],
  allocations_image: ['allocations', 'image_id'],
} as const;

const made = tables({
  image_members(t) {
    t.integer('image_id').notNullable();
    t.integer('position').notNullable();
    t.string('role', 30).notNullable();
    t.integer('member_image_id').notNullable();
    t.integer('machines').notNullable();
    t.primary(['image_id', 'position']);
    t.unique(['image_id', 'role']);
  },
});

/** Which machines come with an image; and which of its reservation's machines an allocation is: 0 is the one that was asked for. */
export const { up, down } = changes({ made, columns: added, indexes });
