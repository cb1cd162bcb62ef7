import { tables } from './tables.ts';

/** What a bare-metal machine is switched and reached by, and what was found in it. Its BMC's password is sealed. */
export const { up, down } = tables({
  node_hardware(t) {
    t.integer('node_id').primary();
    t.string('bmc_host', 255).notNullable();
    t.integer('bmc_port').nullable();
    t.string('bmc_username', 64).notNullable();
    t.text('bmc_password').notNullable();
    t.integer('bmc_cipher').nullable();
    t.string('bmc_fingerprint', 64).nullable();
    t.text('bmc_info').nullable();
    t.string('firmware', 10).notNullable();
    t.string('address', 255).nullable();
    t.integer('ssh_port').notNullable();
    t.text('inventory').nullable();
    t.bigInteger('found_at').nullable();
  },
});
