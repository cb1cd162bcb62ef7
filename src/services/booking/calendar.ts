/** When a wish fits: read off the bits, day by day, and judged by the limits of the person who asks. */
import { dayBits } from '../../../db/queries/calendar.ts';
import { failedRest } from '../../../db/repositories/candidates.ts';
import type { Reader } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { countStarts, type StartCounts } from '../../domain/free-runs.ts';
import { horizonDays } from '../../domain/limits.ts';
import { ceilQuarter, day, minute, quarter, quartersPerDay } from '../../domain/time.ts';
import type { SignedIn } from '../views.ts';
import { placeTogether } from './cluster.ts';
import type { Asked } from './decide.ts';
import { imageSpans, judgeCounts, judgeImageCount, liveSpans } from './limits.ts';
import { windows } from './plan.ts';

/** Of a wish, how many machines could take it from each quarter on. */
export interface Calendar {
  /** Of how many machines it can be had from this quarter hour on; reads as many more days as that takes. */
  freeAt(start: number): Promise<number>;
}

/** Starts from `from` on, epoch milliseconds, until `until`. */
export function readCalendar(reader: Reader, asked: Asked, from: number, until: number): Calendar {
  const { before, length } = holdOf(asked);
  const first = from / quarter - before;
  const firstDay = Math.floor(first / quartersPerDay);
  const lastDay = Math.floor((until / quarter - before + length) / quartersPerDay);
  const rested = Math.floor((reader.now + failedRest) / quarter) + 1;
  const want = { ...asked.want, startsNow: false };
  const counts: StartCounts = countStarts(firstDay, lastDay - firstDay + 1, length, (node) =>
    node < 0 ? rested : 0,
  );
  let next = firstDay;
  return {
    async freeAt(start) {
      const begin = start / quarter - before;
      while (begin > counts.knownUntil() && next <= lastDay) {
        counts.add(await dayBits(reader, want, next++, length));
        // between two days this process does other things
        await new Promise(setImmediate);
      }
      return counts.at(begin);
    },
  };
}

/** Quarters that are held before a start on a quarter hour, and in all. */
function holdOf({ plan, minutes }: Asked): { before: number; length: number } {
  const start = quartersPerDay * quarter;
  const { from, until } = windows(plan, start, minutes, false).hold(false);
  return { before: (start - from) / quarter, length: (until - from) / quarter };
}

/** The first quarter hour that is later than now, and the last that this person may begin at. */
export function bookableStarts(
  now: number,
  me: SignedIn,
  { minutes }: Asked,
): { first: number; last: number } {
  const ahead = me.limits.daysAhead ?? horizonDays;
  return {
    first: ceilQuarter(now + minute + 1),
    last: Math.min(now + ahead * day, now + horizonDays * day - minutes * minute),
  };
}

/** True for starts that the limits of the person and of the environment allow, by what is booked now. */
export async function readAllowed(
  reader: Reader,
  me: SignedIn,
  { plan, minutes, instead, count }: Asked,
): Promise<(start: number) => boolean> {
  const except = instead?.reservationId;
  const mine = (await liveSpans(reader, me)).filter(({ id }) => id !== except);
  const others = (await imageSpans(reader, [plan.image], Number.MAX_SAFE_INTEGER)).filter(
    ({ id }) => id !== except,
  );
  return (start) => {
    const booking = { start, end: start + minutes * minute, minutes, count, startsNow: false };
    try {
      judgeCounts(me.limits, mine, booking);
      judgeImageCount(plan.image, others, booking);
      return true;
    } catch (error) {
      if (error instanceof LabError) return false;
      throw error;
    }
  };
}

const apart = 4;

/**
 * The next starts at which the wish fits, on quarter hours from `from` on: the first is the earliest there is, and each of the others the
 * earliest that is an hour after the one before. As far as the person may book; it reads no more days than it needs.
 */
export async function nextStarts(
  reader: Reader,
  me: SignedIn,
  asked: Asked,
  from: number,
  most: number,
): Promise<number[]> {
  const { first, last } = bookableStarts(reader.now, me, asked);
  const begin = Math.max(first, ceilQuarter(from));
  if (begin > last || asked.want.poolIds.length === 0) return [];
  const isAllowed = await readAllowed(reader, me, asked);
  const calendar = readCalendar(reader, asked, begin, last);
  const found: number[] = [];
  for (let start = begin; start <= last && found.length < most; start += quarter) {
    if ((await calendar.freeAt(start)) < asked.count || !isAllowed(start)) continue;
    if (!(await fitsTogether(reader, asked, start))) continue;
    found.push(start);
    start += (apart - 1) * quarter;
  }
  return found;
}

/** Several machines that belong together are looked for as one books them; what one machine can be had for is known from the bits. */
export async function fitsTogether(reader: Reader, asked: Asked, start: number): Promise<boolean> {
  if (asked.parts.length === 0) return true;
  const { hold } = windows(asked.plan, start, asked.minutes, false);
  const parts = asked.parts.map((part) => ({ ...part, want: { ...part.want, startsNow: false } }));
  return !('part' in (await placeTogether(reader, parts, hold)));
}
