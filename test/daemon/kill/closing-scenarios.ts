import { hour } from '../../../src/domain/time.ts';
import { weekdays } from '../../../src/domain/weekly-hours.ts';
import type { SignedIn } from '../../../src/services/views.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { type Scenario, scenario } from './scenarios.ts';

/** Closed hours and maintenance windows: every node and every booking is a step. */
export const closingScenarios: readonly Scenario[] = [
  scenario(
    'closings',
    'a maintenance window has begun, and a booking is moved out of its way',
    { nodes: 'available maintenance', state: 'new' },
    booked,
    (lab, admin) => maintain(lab, admin, 'sim1'),
  ),
];

/** A year of closed nights for each node, and a window's whole life: for the full tests. */
export const slowClosingScenarios: readonly Scenario[] = [
  scenario(
    'closings',
    'nodes get weekly hours, and a booking that lies outside them stays',
    { nodes: 'available available', state: 'new' },
    booked,
    async (lab, admin) => {
      const hours = weekdays.map((day) => ({ day, from: '00:00', until: '00:15' }));
      const { id } = await lab.services.addSchedule(admin, { name: 'Short', timeZone: 'UTC', hours });
      await lab.services.assignSchedule(admin, id, { kind: 'all', named: [] });
    },
  ),
  scenario(
    'closings',
    'a maintenance window ends early',
    { nodes: 'available', state: 'new' },
    booked,
    async (lab, admin) => {
      const { id } = await maintain(lab, admin, 'sim1');
      await runUntilSettled(lab.db, lab.directory);
      await lab.services.endMaintenance(admin, id);
    },
  ),
];

/** Ann has booked the first node for in three hours. */
async function booked(lab: Lab): Promise<SignedIn> {
  const [ann, admin] = [await lab.person('ann'), await lab.person('ada', { role: 'administrator' })];
  const start = Date.now() + 3 * hour;
  await lab.db.knex('nodes').where('id', '>', 1).update({ cpus: 0 });
  await lab.services.reserve(ann, { image: 'simulated', minutes: 60, start });
  await lab.db.knex('nodes').update({ cpus: 1 });
  await runUntilSettled(lab.db, lab.directory);
  return admin;
}

function maintain(lab: Lab, admin: SignedIn, node: string) {
  const times = { from: Date.now() - hour, until: Date.now() + 6 * hour };
  const nodes = { kind: 'nodes', named: [node] } as const;
  return lab.services.addMaintenance(admin, {
    ...{ reason: 'New disks', timeZone: 'UTC', bookings: 'tell', nodes, ...times },
  });
}
