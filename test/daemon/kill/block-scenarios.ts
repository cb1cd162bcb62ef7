import { addSpoken } from '../../../db/repositories/notices.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { addDays, wallClock } from '../../../src/domain/wall-clock.ts';
import { wakeWatch } from '../../../src/services/reservations/change.ts';
import { known, someone } from '../../helpers/administrators.ts';
import { askForClass } from '../../helpers/class-lab.ts';
import { runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { connected, type Scenario, scenario } from './scenarios.ts';

const term = (today: string) => ({ timeZone: 'UTC', termFrom: today, termUntil: addDays(today, 60) });

/** Seats of a class: held date by date, and all given back. What is held is in the books, which are audited. */
export const blockScenarios: readonly Scenario[] = [
  scenario(
    'approveblock',
    'seats of a class go back, one date does not fit',
    { nodes: 'available available', state: 'new' },
    asked,
    async (lab, { last }) => {
      const bob = await lab.person('bob');
      await lab.services.reserve(bob, { image: 'simulated', minutes: 60, start: last });
      await approve(lab);
    },
  ),
];

/** The same without anything amiss. */
export const slowBlockScenarios: readonly Scenario[] = [
  scenario('approveblock', 'seats of a class are held', { nodes: 'available available' }, asked, approve),
  scenario('classes', 'a class begins soon', { nodes: 'reserved reserved' }, classSoon),
  scenario('seat', 'its seats are loaded', { nodes: 'reserved reserved' }, classSoon),
  scenario('inuse', 'somebody speaks to the class', { nodes: 'inuse', state: 'inuse' }, connected, speak),
  scenario(
    'closings',
    'maintenance hits seats that cannot move',
    { nodes: 'available available' },
    classLater,
    maintain,
  ),
];

/** Two seats on three dates, from two days on. */
async function asked(lab: Lab) {
  const admin = await someone(lab.deps, 'ada', 'administrator');
  const today = wallClock(Date.now(), 'UTC').slice(0, 10);
  const { id: courseId } = await lab.services.addGroup(admin, { name: 'Physics' });
  await lab.services.addCourse(admin, { group: 'Physics', ...term(today), instructors: [] });
  const times = [2, 9, 16].map((days) => ({ date: addDays(today, days), from: '10:00', until: '11:00' }));
  const recurrence = { kind: 'listed', times } as const;
  await lab.services.askBlock(admin, { courseId, image: 'simulated', seats: 2, recurrence });
  const { occurrences } = await lab.services.inspectBlock(admin, 1);
  return { last: occurrences.at(-1)?.start ?? 0 };
}

function speak(lab: Lab, { id }: { readonly id: number }): Promise<void> {
  return inTransaction(lab.db, async (tx) => {
    await addSpoken(tx, id, 'class-1', { who: 'Ada', course: 'Physics', text: 'Save your work.' });
    await wakeWatch(tx, id);
  });
}

/** All machines are seats in five hours. */
async function classLater(lab: Lab) {
  await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
  const made = await askForClass(lab, { seats: 2, students: 1, in: 300 });
  await runUntilSettled(lab.db, lab.directory);
  return made;
}

async function maintain(lab: Lab, { id, admin }: Awaited<ReturnType<typeof askForClass>>): Promise<void> {
  const { occurrences } = await lab.services.inspectBlock(admin, id);
  await lab.services.addMaintenance(admin, {
    ...{ reason: 'New disks', timeZone: 'UTC', bookings: 'tell', nodes: { kind: 'all', named: [] } },
    ...{ from: occurrences[0]?.start ?? 0, until: occurrences[0]?.end ?? 0 },
  });
}

/** Nothing is loaded ahead but the class. */
async function classSoon(lab: Lab): Promise<void> {
  await inTransaction(lab.db, (tx) => tx.table('nodes').update({ preferred_image_id: null }));
  await askForClass(lab, { seats: 2, students: 1 });
}

async function approve(lab: Lab): Promise<void> {
  await lab.services.approveBlock(await known(lab.deps, 'ada'), 1);
}
