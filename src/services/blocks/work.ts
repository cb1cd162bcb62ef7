/** What the daemon does with a block, each in one transaction of its task. */
import { blockRow, dateRows, firstPlace } from '../../../db/queries/blocks.ts';
import { moveBlock, patchDate, releaseSeats } from '../../../db/repositories/blocks.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { addBlockNotice } from '../../../db/repositories/notices.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { BlockRow } from '../../../db/rows.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import type { BlockFacts } from '../../domain/contracts/state.ts';
import { LabError } from '../../domain/errors.ts';
import { wakePlaces } from '../closings/wake.ts';
import { seatsOf } from './change.ts';
import { type SeatDeps, takeSeats } from './seats.ts';

export async function blockFacts(reader: Reader, id: number): Promise<BlockFacts | null> {
  const row = await blockRow(reader, id);
  if (!row) return null;
  const dates = (await dateRows(reader, id)).map(({ id: dateId, date, state, start_at }) => ({
    ...{ id: dateId, date, state },
    hasBegun: Number(start_at) <= reader.now,
  }));
  return { state: row.state, dates };
}

async function change(tx: Tx, row: BlockRow, patch: Parameters<typeof moveBlock>[3]): Promise<void> {
  // whoever else changes it needs another state: this does not happen, and comes right when it is tried again
  if (!(await moveBlock(tx, row, [row.state], patch))) throw new LabError('busy');
}

/** Holds all seats of a date, in a block that is being approved. */
export async function holdDate(
  tx: Tx,
  deps: SeatDeps,
  dateId: number,
): Promise<'held' | 'skipped' | 'short'> {
  const [found] = await tx.rows<{ block_id: number }>('SELECT block_id FROM block_dates WHERE id = ?', [
    dateId,
  ]);
  const block = found ? await blockRow(tx, found.block_id) : null;
  const row = block ? (await dateRows(tx, block.id)).find((one) => one.id === dateId) : null;
  if (!block || !row || row.state === 'skipped') return 'skipped';
  if (block.state !== 'approving') return 'short';
  await change(tx, block, {});
  if (row.state === 'held') return 'held';
  const says =
    Number(row.start_at) <= tx.now
      ? 'It began before it was approved.'
      : await takeSeats(tx, deps, seatsOf(row));
  const state = says === null ? 'held' : 'skipped';
  if (says === null || block.skips_short === 1) {
    await patchDate(tx, dateId, { state, says });
    return state;
  }
  const because = `${row.date}: ${says} Nothing is held.`;
  await change(tx, { ...block, version: block.version + 1 }, { state: 'returning', says: because });
  return 'short';
}

/** Of one whose seats go back, whatever has not begun. */
export async function giveBackDate(tx: Tx, dateId: number): Promise<void> {
  const [row] = await tx.rows<{ state: string; start_at: number; block_state: string }>(
    'SELECT d.state, d.start_at, b.state AS block_state FROM block_dates d JOIN blocks b ON b.id = d.block_id WHERE d.id = ?',
    [dateId],
  );
  if (!row) return;
  await releaseSeats(tx, dateId);
  if (row.block_state === 'returning') await patchDate(tx, dateId, { state: 'asked', says: null });
  if (row.block_state === 'ending' && Number(row.start_at) > tx.now)
    await patchDate(tx, dateId, { state: 'skipped', says: 'It was withdrawn.' });
}

/** What it has come to: told to who asked for it. */
export async function endBlock(tx: Tx, id: number): Promise<void> {
  const row = await blockRow(tx, id);
  if (!row) return;
  if (row.state === 'approving') {
    const none = Number(row.dates_held) === 0;
    const says = none ? 'None of its dates fits any more. Nothing is held.' : null;
    await change(tx, row, none ? { state: 'asked', says } : { state: 'approved', says });
    if (none) await askAgain(tx, id);
    else await wakePlaces(tx, 'classes');
    return tellAsker(tx, id, none ? 'short' : 'approved', row.decided_by);
  }
  if (row.state === 'returning') {
    await change(tx, row, { state: 'asked' });
    await askAgain(tx, id);
    return tellAsker(tx, id, 'short', null);
  }
  if (row.state === 'ending') await change(tx, row, { state: 'withdrawn' });
}

/** What was left out because it did not fit is asked for again. */
async function askAgain(tx: Tx, id: number): Promise<void> {
  await tx.change(
    "UPDATE block_dates SET state = 'asked', says = NULL WHERE block_id = ? AND state = 'skipped' AND says IS NOT NULL",
    [id],
  );
}

/** On their Home and by mail, unless they did it themselves. */
export async function tellAsker(
  tx: Tx,
  id: number,
  what: 'approved' | 'rejected' | 'short',
  by: number | null,
): Promise<void> {
  const row = await blockRow(tx, id);
  if (!row) return;
  const data = {
    ...{ blockId: id, course: row.course, seats: row.seats, title: row.image_title },
    ...{ held: Number(row.dates_held), skipped: Number(row.dates_skipped), because: row.says },
  };
  await addEvent(tx, { kind: `block.${what}`, actorId: by, data });
  if (by === row.asked_by && what === 'approved') return;
  const about = { userId: row.asked_by, imageId: row.image_id };
  const notice = await addBlockNotice(tx, about, `block${what}-${id}-${row.version}`, data);
  if (notice === null) return;
  const placeId = await firstPlace(tx);
  await queueTask(tx, { action: 'notify', targetType: 'notice', targetId: notice }, { placeId });
}
