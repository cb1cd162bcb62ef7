import type { Knex } from 'knex';
import * as people from './0001-people.ts';
import * as machines from './0002-machines.ts';
import * as bookings from './0003-bookings.ts';
import * as work from './0004-work.ts';
import * as gateways from './0005-gateways.ts';
import * as capturedImages from './0006-captured-images.ts';
import * as administration from './0007-administration.ts';
import * as nodesOutOfService from './0008-nodes-out-of-service.ts';
import * as draining from './0009-draining.ts';
import * as userAddresses from './0010-user-addresses.ts';
import * as pools from './0011-pools.ts';
import * as workOfANode from './0012-work-of-a-node.ts';
import * as missingFiles from './0013-missing-files.ts';
import * as noticesOfImages from './0014-notices-of-images.ts';
import * as supply from './0015-supply.ts';
import * as nodeHardware from './0016-node-hardware.ts';
import * as cleaning from './0017-cleaning.ts';
import * as bmcWatch from './0018-bmc-watch.ts';
import * as commissioning from './0019-commissioning.ts';
import * as loads from './0020-loads.ts';
import * as turns from './0024-turns.ts';
import * as imagingNetworks from './0025-imaging-networks.ts';
import * as closings from './0027-closings.ts';
import * as courses from './0028-courses.ts';
import * as slowLoads from './0029-slow-loads.ts';
import * as waiters from './0030-waiters.ts';
import * as classDay from './0031-class-day.ts';
import * as calendarAddresses from './0032-calendar-addresses.ts';
import * as idleRules from './0033-idle-rules.ts';
import * as classInHand from './0034-class-in-hand.ts';
import * as budgets from './0035-budgets.ts';
import * as prediction from './0036-prediction.ts';
import * as servers from './0037-servers.ts';
import * as clusters from './0038-clusters.ts';
import * as foundAmongMany from './0039-found-among-many.ts';
import type { Migration } from './tables.ts';

/** By hand and in order; the recorded names have no file extension (knex #4028). */
const migrations: readonly Migration[] = [
  { name: '0001-people', ...people },
  { name: '0002-machines', ...machines },
  { name: '0003-bookings', ...bookings },
  { name: '0004-work', ...work },
  { name: '0005-gateways', ...gateways },
  { name: '0006-captured-images', ...capturedImages },
  { name: '0007-administration', ...administration },
  { name: '0008-nodes-out-of-service', ...nodesOutOfService },
  { name: '0009-draining', ...draining },
  { name: '0010-user-addresses', ...userAddresses },
  { name: '0011-pools', ...pools },
  { name: '0012-work-of-a-node', ...workOfANode },
  { name: '0013-missing-files', ...missingFiles },
  { name: '0014-notices-of-images', ...noticesOfImages },
  { name: '0015-supply', ...supply },
  { name: '0016-node-hardware', ...nodeHardware },
  { name: '0017-cleaning', ...cleaning },
  { name: '0018-bmc-watch', ...bmcWatch },
  { name: '0019-commissioning', ...commissioning },
  { name: '0020-loads', ...loads },
  { name: '0024-turns', ...turns },
  { name: '0025-imaging-networks', ...imagingNetworks },
  { name: '0027-closings', ...closings },
  { name: '0028-courses', ...courses },
  { name: '0029-slow-loads', ...slowLoads },
  { name: '0030-waiters', ...waiters },
  { name: '0031-class-day', ...classDay },
  { name: '0032-calendar-addresses', ...calendarAddresses },
  { name: '0033-idle-rules', ...idleRules },
  { name: '0034-class-in-hand', ...classInHand },
  { name: '0035-budgets', ...budgets },
  { name: '0036-prediction', ...prediction },
  { name: '0037-servers', ...servers },
  { name: '0038-clusters', ...clusters },
  { name: '0039-found-among-many', ...foundAmongMany },
];

export const migrationNames: readonly string[] = migrations.map(({ name }) => name);

/** What knex is told: older programs go on with a newer schema, so that it may know more than they do (design, section 8). */
export const migrating = migratingTo(migrationNames);

/** The same with these migrations alone: the schema that another program had. */
export function migratingTo(names: readonly string[]): Knex.MigratorConfig {
  return {
    migrationSource: {
      getMigrations: () => Promise.resolve(migrations.filter(({ name }) => names.includes(name))),
      getMigrationName: ({ name }: Migration) => name,
      getMigration: (migration: Migration) => Promise.resolve(migration),
    },
    disableMigrationsListValidation: true,
  };
}
