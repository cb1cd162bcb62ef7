import { releaseBits, takeBits } from '../../../db/repositories/occupancy.ts';
import type { Tx } from '../../../db/transaction.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { floorQuarter, minute, quarter } from '../../../src/domain/time.ts';
import { poolFolder, runUntilSettled } from '../../helpers/crash-lab.ts';
import type { Lab } from '../../helpers/lab.ts';
import { setFault } from '../../helpers/test-machines.ts';
import { ended, putNode, type Scenario, scenario } from './scenarios.ts';

/** What becomes of holds and next bookings while a machine cannot be cleaned. */
export const holdScenarios: readonly Scenario[] = [
  scenario(
    'heal',
    'a hold goes on, and a booking leaves a machine that is out of order',
    { nodes: 'available failed', state: 'complete' },
    brokenBeforeBooking,
    async (lab) => {
      await inTransaction(lab.db, endHold);
      await putNode(lab, 2, 'available');
    },
  ),
  scenario(
    'heal',
    'bookings leave a machine that fails, one by one, and the one that cannot stays',
    { nodes: 'available failed', state: 'new' },
    bookedInARow,
    (lab) => putNode(lab, 1, 'failed'),
  ),
  scenario(
    'new',
    'a booking waits for a machine that is not clean, none other is free',
    { nodes: 'failed', state: 'complete' },
    brokenBeforeBooking,
    (lab) => inTransaction(lab.db, beginBooking),
  ),
];

/** Ann's machine cannot be cleaned after her; Bob has it in two days. */
async function brokenBeforeBooking(lab: Lab): Promise<void> {
  await inTransaction(lab.db, (tx) => tx.table('nodes').where('id', '>', 1).update({ state: 'maintenance' }));
  await ended(lab);
  setFault(poolFolder(lab.directory), 'sim1', { kind: 'node_broken', left: 99 });
  const bob = await lab.person('bob');
  const start = (await inTransaction(lab.db, (tx) => Promise.resolve(tx.now))) + 2 * 24 * 60 * minute;
  await runUntilSettled(lab.db, lab.directory);
  await lab.services.reserve(bob, { image: 'simulated', minutes: 60, start });
}

/** Bob has the first machine three times tomorrow, and the second one at the last of these times. */
async function bookedInARow(lab: Lab): Promise<void> {
  await putNode(lab, 2, 'maintenance');
  const bob = await lab.person('bob');
  const tomorrow = (await inTransaction(lab.db, (tx) => Promise.resolve(tx.now))) + 20 * 60 * minute;
  const book = (hours: number) =>
    lab.services.reserve(bob, { image: 'simulated', minutes: 60, start: tomorrow + hours * 60 * minute });
  for (const hours of [0, 1.5, 3]) await book(hours);
  await putNode(lab, 2, 'available');
  await book(3);
}

/** As if Ann's hold had ended a quarter ago. */
async function endHold(tx: Tx): Promise<void> {
  const [row] = await tx.rows<{ hold_from: number; hold_until: number }>(
    'SELECT hold_from, hold_until FROM allocations WHERE id = 1',
  );
  await releaseBits(tx, 1, { from: Number(row?.hold_from), until: Number(row?.hold_until) });
  const until = floorQuarter(tx.now) - quarter;
  await takeBits(tx, 1, { from: until - quarter, until });
  await tx
    .table('allocations')
    .where({ id: 1 })
    .update({ hold_from: until - quarter, hold_until: until });
}

/** As if Bob's start had come ten minutes ago. */
async function beginBooking(tx: Tx): Promise<void> {
  const start = tx.now - 10 * minute;
  await tx
    .table('reservations')
    .where({ id: 2 })
    .update({ start_at: start, end_at: start + 60 * minute });
  await tx.table('tasks').where({ action: 'new', status: 'queued' }).update({ run_after: start });
}
