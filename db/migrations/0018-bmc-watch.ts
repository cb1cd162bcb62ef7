import { addColumns, dropColumns, type Migration, type NewColumns } from './tables.ts';

const added = {
  node_hardware: {
    bmc_audit: (t) => t.text('bmc_audit').nullable(),
    bmc_found: (t) => t.text('bmc_found').nullable(),
    bmc_asked_at: (t) => t.bigInteger('bmc_asked_at').nullable(),
    bmc_silent_since: (t) => t.bigInteger('bmc_silent_since').nullable(),
    bmc_says: (t) => t.text('bmc_says').nullable(),
  },
  nodes: { fault: (t) => t.string('fault', 20).nullable() },
} satisfies NewColumns;

/** How BMCs are, what they had when that was found right, and which nodes are out of order by themselves until that passes. */
export const { up, down }: Omit<Migration, 'name'> = {
  up: (knex) => addColumns(knex, added),
  down: (knex) => dropColumns(knex, added),
};
