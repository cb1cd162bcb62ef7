import {
  type BlockListRow,
  blockRow,
  blockRows,
  type DateRow,
  dateRows,
} from '../../../db/queries/blocks.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import type { BlockState } from '../../domain/blocks.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { Recurrence } from '../../domain/recurrence.ts';
import { recurrenceText } from '../../domain/recurrence-words.ts';
import type { BlockDateView, BlockDetailView, BlockView } from '../block-views.ts';
import type { ServiceDeps } from '../deps.ts';
import { cursorOf, idOfCursor } from '../paging.ts';
import type { PageRequest } from '../requests.ts';
import type { Page, SignedIn } from '../views.ts';

export function listBlocks(
  deps: ServiceDeps,
  me: SignedIn,
  request: PageRequest & { readonly courseId?: number | undefined; readonly state?: BlockState | undefined },
): Promise<Page<BlockView>> {
  if (!may(me, 'block.ask')) throw new LabError('not-allowed');
  const mine = me.role === 'administrator' ? null : (me.courseIds ?? []);
  const { courseId, state } = request;
  const courseIds =
    courseId === undefined ? mine : mine === null || mine.includes(courseId) ? [courseId] : [];
  return reading(deps.db, async (reader) => {
    const { limit, cursor } = request;
    const rows = await blockRows(
      reader,
      { courseIds, state },
      { limit: limit + 1, before: idOfCursor(cursor) },
    );
    const items = rows.slice(0, limit);
    return { items: items.map(blockView), next: rows.length > limit ? cursorOf(items.at(-1)) : null };
  });
}

export function inspectBlock(deps: ServiceDeps, me: SignedIn, id: number): Promise<BlockDetailView> {
  return reading(deps.db, async (reader) => {
    const row = await ownBlock(reader, me, id);
    const dates = await dateRows(reader, id);
    const over = row.state === 'rejected' || row.state === 'withdrawn';
    const settled = row.state === 'asked' || row.state === 'approved';
    return {
      ...blockView(row),
      occurrences: dates.map((date) => dateView(date, reader.now)),
      can: {
        decide: row.state === 'asked' && mayDecide(me, row),
        change: settled && !over,
        withdraw: settled && !over,
      },
    };
  });
}

/** Of a course that this person may manage; another one is not there for them. */
export async function ownBlock(reader: Reader, me: SignedIn, id: number): Promise<BlockListRow> {
  const row = await blockRow(reader, id);
  if (!row || !may(me, 'block.ask', { courseId: row.group_id })) throw new LabError('not-found');
  return row;
}

export function mayDecide(
  me: SignedIn,
  row: Pick<BlockListRow, 'group_id' | 'seats' | 'own_seats'>,
): boolean {
  return may(me, 'block.decide', { courseId: row.group_id, isSmall: row.seats <= row.own_seats });
}

function blockView(row: BlockListRow): BlockView {
  const recurrence = JSON.parse(row.recurrence) as Recurrence;
  return {
    id: row.id,
    course: { id: row.group_id, name: row.course },
    image: { name: row.image_name, title: row.image_title },
    seats: row.seats,
    timeZone: row.time_zone,
    recurrence,
    when: recurrenceText(recurrence),
    comment: row.comment,
    graceMinutes: row.grace_minutes,
    state: row.state,
    says: row.says,
    askedBy: row.asked_name,
    decidedBy: row.decided_name,
    createdAt: Number(row.created_at),
    dates: Number(row.dates ?? 0),
    held: Number(row.dates_held ?? 0),
    skipped: Number(row.dates_skipped ?? 0),
    first: row.first_at === null ? null : Number(row.first_at),
    last: row.last_at === null ? null : Number(row.last_at),
    version: row.version,
  };
}

function dateView(row: DateRow, now: number): BlockDateView {
  return {
    id: row.id,
    date: row.date,
    start: Number(row.start_at),
    end: Number(row.end_at),
    seats: row.seats,
    image: { name: row.image_name, title: row.image_title },
    state: row.state,
    says: row.says,
    isOver: Number(row.end_at) <= now,
    held: Number(row.held),
    claimed: Number(row.claimed),
    lost: Number(row.lost),
  };
}
