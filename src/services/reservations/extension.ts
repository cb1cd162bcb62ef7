/** How far a reservation may go on, and what stops it there. */

import { type ImageAndGroups, imageResource } from '../../../db/queries/images.ts';
import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import type { AllocationRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import { horizonDays, imagingMinutes, noLimits } from '../../domain/limits.ts';
import type { AllocationPurpose } from '../../domain/states.ts';
import { ceilQuarter, day, inWords, minute } from '../../domain/time.ts';
import { budgetOf, spendingOf } from '../booking/budget.ts';
import { imageSpans, liveSpans } from '../booking/limits.ts';
import { firstStuck, type Room } from '../booking/make-room.ts';
import type { MoveDeps } from '../booking/move.ts';
import { plansFor } from '../booking/plan.ts';
import type { BudgetView, ExtensionView, SignedIn } from '../views.ts';
import { extendedSince, othersWaitSince } from '../waiting/rivals.ts';

/** A live reservation, what holds its nodes and the clean-up after it in milliseconds (0 when under a minute), and its images. */
export interface Extended {
  readonly row: ReservationListRow;
  /** Of each machine that it has, its own first. */
  readonly holds: readonly [Hold, ...Hold[]];
  /** What they are loaded with, by image, where that is known. */
  readonly images: readonly { readonly image: ImageAndGroups; readonly machines: number }[];
}

export interface Hold {
  readonly allocation: AllocationRow;
  readonly turnover: number;
}

/** What a limit needs to know of it; null when it holds nothing any more. */
export async function extendedOf(
  reader: Reader,
  deps: MoveDeps,
  row: ReservationListRow,
): Promise<Extended | null> {
  if (row.live !== 1) return null;
  const rows = await reader.rows<AllocationRow>(
    "SELECT * FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND state <> 'failed' ORDER BY member, id",
    [row.id],
  );
  const imageOf = (allocation: AllocationRow) => allocation.image_id ?? row.image_id;
  const plans = await plansFor(reader, { owner: deps.db, descriptors: deps.descriptors }, [
    ...new Set(rows.map(imageOf)),
  ]);
  const turnover = Math.max(0, ...[...plans.values()].map((plan) => plan.turnover));
  const [own, ...others] = rows.map((allocation) => ({
    allocation,
    turnover: turnover >= minute ? turnover : 0,
  }));
  if (own?.allocation.id !== row.allocation_id || own === undefined) return null;
  const images = [...plans.values()].map(({ image }) => ({
    image,
    machines: rows.filter((one) => imageOf(one) === image.id).length,
  }));
  return { row, holds: [own, ...others], images };
}

interface Limit {
  /** It may last until then. */
  readonly until: number;
  /** A part of a sentence. */
  readonly because: string;
}

/** The limits that rules set: of the group, of the image, of everything that is booked. */
export async function ruleLimit(
  reader: Reader,
  deps: MoveDeps,
  me: SignedIn,
  extended: Extended,
): Promise<Limit> {
  const { row, images } = extended;
  const start = Number(row.start_at);
  const end = Number(row.end_at);
  const isServer = row.server_name !== null;
  const { totalMinutes: total, extendMinutes: once, overlap } = isServer ? noLimits : me.limits;
  const inAll = total === null || row.imaging === 0 ? total : Math.max(total, imagingMinutes);
  const ofImage = row.imaging === 1 ? null : row.image_max_minutes;
  const spans = await liveSpans(reader, { id: row.user_id, limits: { overlap, upcoming: null } });
  const mine = spans.filter((span) => span.id !== row.id);
  const everybodys = await imageSpans(
    reader,
    images.map(({ image }) => image),
    end + mostAtOnce,
  );
  return soonest(end, [
    limit(inAll, start, (most) => `your group allows ${most} in all`),
    limit(ofImage, start, (most) => `this environment can be had for ${most} in all`),
    limit(once, end, (most) => `your group allows ${most} at a time`),
    { until: nthBeside(mine, end, overlap), because: `your group allows ${overlap} at the same time` },
    ...images.map(({ image: { id, max_at_once: most }, machines }) => ({
      until: nthBeside(
        everybodys.filter((span) => span.image_id === id && (machines === 1 || span.id !== row.id)),
        end,
        most === null ? null : Math.max(0, most - machines + 1),
      ),
      because: 'this environment is then in use as often as it may be at once',
    })),
    await lineLimit(reader, deps, extended),
    await budgetLimit(reader, me, extended),
    { until: reader.now + horizonDays * day, because: 'nothing can be had for longer' },
    ...(isServer ? [] : [{ until: end + mostAtOnce, because: 'it can be extended by a day at a time' }]),
  ]);
}

/** The budget that more of it is taken from; null: none. Whoever extends somebody else's has the say over that. */
export async function costOfMore(
  reader: Reader,
  me: SignedIn,
  { row, images }: Extended,
): Promise<BudgetView | null> {
  const start = Number(row.start_at);
  if (row.user_id !== me.id) return null;
  if (row.budget_course_id !== null) return budgetOf(reader, me, row.budget_course_id, start);
  const own = images.find(({ image }) => image.id === row.image_id)?.image;
  if (row.block_date_id === null || !own) return null;
  return spendingOf(reader, me, imageResource(own), { start, minutes: 0 });
}

async function budgetLimit(reader: Reader, me: SignedIn, extended: Extended): Promise<Limit> {
  const spending = await costOfMore(reader, me, extended);
  if (spending === null) return { until: Number.POSITIVE_INFINITY, because: '' };
  const { leftMinutes: left, course } = spending;
  const words = left === 0 ? 'nothing' : inWords(left * minute);
  return {
    until: Number(extended.row.end_at) + left * minute,
    because: `of your hours for ${course.name} ${words} is left`,
  };
}

const whileOthersWait = 30;

/** While somebody else waits for such a machine: so much since they came, however often one asks. */
async function lineLimit(reader: Reader, deps: MoveDeps, { row, holds }: Extended): Promise<Limit> {
  const [{ allocation }] = holds;
  const since = await othersWaitSince(reader, deps, row.user_id, allocation.node_id);
  if (since === null) return { until: Number.POSITIVE_INFINITY, because: '' };
  const before = await extendedSince(reader, row.id, since);
  const left = Math.max(0, whileOthersWait - before);
  const because = `others wait for such a machine: it can be kept ${whileOthersWait} minutes longer at most while they do`;
  return { until: Number(row.end_at) + left * minute, because };
}

/** What one extension is at most, where nothing else limits it. */
const mostAtOnce = day;

function limit(minutes: number | null, from: number, words: (most: string) => string): Limit {
  if (minutes === null) return { until: Number.POSITIVE_INFINITY, because: '' };
  return { until: from + minutes * minute, because: words(inWords(minutes * minute)) };
}

/** When one more beside these would be too many, from `from` on. */
function nthBeside(
  spans: readonly { readonly start_at: number; readonly end_at: number }[],
  from: number,
  most: number | null,
): number {
  if (most === null) return Number.POSITIVE_INFINITY;
  const begins = spans
    .filter((span) => Number(span.end_at) > from)
    .map((span) => Math.max(from, Number(span.start_at)))
    .sort((a, b) => a - b);
  return most === 0 ? from : (begins[most - 1] ?? Number.POSITIVE_INFINITY);
}

/** The first of those that come soonest; nothing ends sooner by it than it does anyway. */
function soonest(end: number, limits: readonly Limit[]): Limit {
  const least = limits.reduce((one, other) => (other.until < one.until ? other : one));
  return { ...least, until: Math.max(end, least.until) };
}

/** The node's time that it takes to last until `end`; null where it has that already. */
export function roomFor({ allocation, turnover }: Hold, end: number): Room | null {
  const from = Number(allocation.hold_until);
  const until = ceilQuarter(end + turnover);
  return until > from
    ? { nodeId: allocation.node_id, window: { from, until }, besides: allocation.id }
    : null;
}

const takenBy: Readonly<Record<AllocationPurpose, string>> = {
  reservation: 'the machine is promised to somebody else after that, and no other is free for them',
  block: 'a class has the machine after that',
  offer: 'the machine is offered to somebody who waits for it after that',
  maintenance: 'the machine is out of service after that',
  service: 'the machine is needed for something else after that',
  schedule: 'the machine is closed after that',
};

/**
 * The real limit: what the rules allow, up to the first booking on its node that cannot be moved to another one. Reads only;
 * what it answers can be had a moment later, when nobody booked in between.
 */
export async function realLimit(
  reader: Reader,
  deps: MoveDeps,
  me: SignedIn,
  extended: Extended,
): Promise<ExtensionView> {
  let limit = await ruleLimit(reader, deps, me, extended);
  for (const hold of extended.holds) {
    const room = roomFor(hold, limit.until);
    const stuck = room && (await firstStuck(reader, deps, room));
    if (!stuck) continue;
    const until = Number(stuck.hold_from) - hold.turnover;
    if (until < limit.until) limit = { until, because: takenBy[stuck.purpose] };
  }
  return viewOf(extended, limit);
}

/** In whole minutes. */
function viewOf({ row }: Extended, { until, because }: Limit): ExtensionView {
  const end = Number(row.end_at);
  const mostMinutes = Math.max(0, Math.floor((until - end) / minute));
  return { mostMinutes, latestEnd: end + mostMinutes * minute, because };
}
