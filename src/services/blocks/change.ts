import { type BlockListRow, type DateRow, dateRows } from '../../../db/queries/blocks.ts';
import {
  addDates,
  moveBlock,
  patchDate,
  releaseSeats,
  removeDates,
} from '../../../db/repositories/blocks.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import type { Recurrence } from '../../domain/recurrence.ts';
import type { BlockWish, DateChoice } from '../blocks.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { factsOf, rowsOf } from './ask.ts';
import { wished } from './preview.ts';
import { ownBlock } from './read.ts';
import { takeSeats } from './seats.ts';
import type { WishedDate } from './wish.ts';

/**
 * Changes a block to a wish: what stays the same keeps its seats. Where seats are held, all that is new is held in the same
 * transaction, or nothing is changed: `block.short` names the first date that does not fit.
 */
export async function changeBlock(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  wish: BlockWish,
  version?: number,
): Promise<void> {
  await reading(deps.db, (reader) => wished(reader, deps, me, wish, id));
  await inTransaction(deps.db, async (tx) => {
    const before = await ownBlock(tx, me, id);
    const { dates, images } = await wished(tx, deps, me, wish, id);
    const imageId = (name: string) => images.get(name)?.id ?? 0;
    await guardBlock(tx, { ...before, version: version ?? before.version }, factsOf(wish, imageId));
    const coming = (await dateRows(tx, id)).filter((row) => Number(row.start_at) > tx.now);
    const rows = rowsOf(dates, imageId);
    const stays = (row: DateRow) => rows.some((date) => isSame(row, date));
    const goes = coming.filter((row) => !stays(row));
    const comes = dates.filter(
      (_, at) => !coming.some((row) => isSame(row, rows[at] as (typeof rows)[number])),
    );
    await giveBack(tx, goes);
    await removeDates(
      tx,
      goes.map((row) => row.id),
    );
    await addDates(tx, id, rowsOf(comes, imageId));
    if (before.state === 'approved') await holdNew(tx, deps, id, comes);
    const data = { blockId: id, course: before.course, changed: comes.length, dropped: goes.length };
    await addEvent(tx, { kind: 'block.changed', actorId: me.id, data });
  });
}

/** Its guard row; throws `block.state` where it is being decided about, is over, or has another version. */
async function guardBlock(tx: Tx, row: BlockListRow, facts: Parameters<typeof moveBlock>[3]): Promise<void> {
  if (await moveBlock(tx, row, ['asked', 'approved'], facts)) return;
  throw new LabError('changed-meanwhile');
}

function isSame(row: DateRow, date: ReturnType<typeof rowsOf>[number]): boolean {
  const times = Number(row.start_at) === date.start_at && Number(row.end_at) === date.end_at;
  const isSkipped = row.state === 'skipped';
  if (!times || isSkipped !== (date.state === 'skipped')) return false;
  return isSkipped || (row.seats === date.seats && row.image_id === date.image_id);
}

/** Throws `block.state` for a date with seats that are somebody's, or are being made ready. */
async function giveBack(tx: Tx, rows: readonly DateRow[]): Promise<void> {
  for (const row of rows) {
    const detail = `The seats of ${row.date} are being made ready: it stays as it is.`;
    if (await isHeld(tx, row.id, "AND (state <> 'held' OR claimed_by IS NOT NULL)"))
      throw new LabError('block.state', { detail });
    await releaseSeats(tx, row.id);
    // a load may have begun meanwhile
    if (await isHeld(tx, row.id)) throw new LabError('block.state', { detail });
  }
}

async function isHeld(tx: Tx, dateId: number, so = ''): Promise<boolean> {
  const sql = `SELECT id FROM allocations WHERE block_date_id = ? AND released_at IS NULL ${so} LIMIT 1`;
  return (await tx.rows(sql, [dateId])).length > 0;
}

async function holdNew(
  tx: Tx,
  deps: ServiceDeps,
  blockId: number,
  dates: readonly WishedDate[],
): Promise<void> {
  const rows = await dateRows(tx, blockId);
  for (const date of dates.filter(({ skipped }) => !skipped)) {
    const row = rows.find(({ start_at }) => Number(start_at) === date.start);
    if (row) await holdOrRefuse(tx, deps, row);
  }
}

async function holdOrRefuse(tx: Tx, deps: ServiceDeps, row: DateRow): Promise<void> {
  const says = await takeSeats(tx, deps, seatsOf(row));
  if (says !== null)
    throw new LabError('block.short', { detail: `${row.date}: ${says} Nothing was changed.` });
  await patchDate(tx, row.id, { state: 'held', says: null });
}

/** A date as seats are looked for. */
export function seatsOf(row: DateRow) {
  const { id, block_id: blockId, seats, image_name: image } = row;
  return { id, blockId, seats, image, start: Number(row.start_at), end: Number(row.end_at) };
}

/** The same of one date: what is not said stays. */
export async function changeBlockDate(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  choice: Omit<DateChoice, 'start'>,
): Promise<void> {
  const { wish, version } = await reading(deps.db, async (reader) => {
    const block = await ownBlock(reader, me, id);
    const rows = await dateRows(reader, id);
    const row = rows.find((one) => one.id === dateId);
    if (!row) throw new LabError('not-found');
    if (Number(row.start_at) <= reader.now)
      throw new LabError('block.state', { detail: 'That date has begun.' });
    return {
      wish: withChoice(block, rows, { ...choice, start: Number(row.start_at) }),
      version: block.version,
    };
  });
  await changeBlock(deps, me, id, wish, version);
}

/** The block as a wish, with one date otherwise. */
function withChoice(block: BlockListRow, rows: readonly DateRow[], choice: DateChoice): BlockWish {
  const choices = rows.map((row) => {
    const is = {
      start: Number(row.start_at),
      skip: row.state === 'skipped',
      ...{ seats: row.seats, image: row.image_name },
    };
    if (is.start !== choice.start) return is;
    const { skip = false, seats = is.seats, image = is.image } = choice;
    return { ...is, skip, seats, image };
  });
  return {
    courseId: block.group_id,
    image: block.image_name,
    seats: block.seats,
    recurrence: JSON.parse(block.recurrence) as Recurrence,
    comment: block.comment,
    graceMinutes: block.grace_minutes,
    choices,
  };
}
