import type { Foresight, TakenHistory } from './contracts/predictive.ts';
import { hour } from './time.ts';
import { addDays, momentOf, wallClock } from './wall-clock.ts';

/** What was taken of an image in one hour. */
export interface TakenHour {
  readonly imageId: number;
  /** Epoch ms, a whole hour. */
  readonly hour: number;
  readonly all: number;
  readonly atOnce: number;
}

const nothing = { all: 0, atOnce: 0 };

/** A history of these hours; those that are not among them had nothing. */
export function takenHistory(hours: readonly TakenHour[], since: number): TakenHistory {
  const images = new Map<number, Map<number, TakenHour>>();
  for (const each of hours) {
    const known = images.get(each.imageId) ?? new Map<number, TakenHour>();
    images.set(each.imageId, known.set(each.hour, each));
  }
  return {
    since,
    taken(imageId, from, until) {
      const sum = { ...nothing };
      const known = images.get(imageId);
      if (!known) return sum;
      for (let at = from; at < until; at += hour) {
        const { all, atOnce } = known.get(at) ?? nothing;
        sum.all += all;
        sum.atOnce += atOnce;
      }
      return sum;
    },
  };
}

const weeks = 8;
const days = 6;
/** What a week counts against the one after it: courses change. */
const fading = 0.8;

/** A past hour that was like the one that comes: two clock hours in part, and how much that counts. */
interface LikeHour {
  readonly parts: readonly { readonly from: number; readonly share: number }[];
  readonly weight: number;
}

/**
 * How many machines of an image are likely to be taken at once within the next hour: what was taken at this hour of this weekday by the
 * clock on the wall, the later weeks counting more. While no such hour is known, this hour of the last days; before that, any hour.
 */
export function expectedTakes({ now, timeZone, history }: Omit<Foresight, 'nodes' | 'images'>) {
  const like = likeHours(now, timeZone, history.since);
  const all = like.reduce((sum, { weight }) => sum + weight, 0);
  const known = Math.floor((now - history.since) / hour);
  return (imageId: number): number => {
    if (all > 0) {
      const taken = like.map(({ parts, weight }) => weight * takenIn(history, imageId, parts));
      return taken.reduce((sum, each) => sum + each, 0) / all;
    }
    if (known <= 0) return 0;
    return history.taken(imageId, history.since, history.since + known * hour).atOnce / known;
  };
}

function takenIn(history: TakenHistory, imageId: number, parts: LikeHour['parts']): number {
  return parts.reduce(
    (sum, { from, share }) => sum + share * history.taken(imageId, from, from + hour).atOnce,
    0,
  );
}

function likeHours(now: number, timeZone: string, since: number): LikeHour[] {
  const begun = Math.floor(now / hour) * hour;
  const share = (now - begun) / hour;
  return pastHours(begun, timeZone, since).map(({ from, weight }) => ({
    weight,
    parts: [
      { from, share: 1 - share },
      { from: from + hour, share },
    ],
  }));
}

type PastHour = Pick<LikeHour, 'weight'> & { readonly from: number };
let last: { readonly key: string; readonly hours: readonly PastHour[] } = { key: '', hours: [] };

/** Those of which something is known; the same for as long as the hour is, and calendars take long. */
function pastHours(begun: number, timeZone: string, since: number): readonly PastHour[] {
  const key = `${begun} ${timeZone} ${since}`;
  if (last.key === key) return last.hours;
  const back = (howMany: number, each: number): PastHour[] =>
    Array.from({ length: howMany }, (_, index) => ({
      from: sameClock(begun, (index + 1) * each, timeZone),
      weight: fading ** index,
    })).filter(({ from }) => from >= since);
  const sameWeekday = back(weeks, 7);
  last = { key, hours: sameWeekday.length > 0 ? sameWeekday : back(days, 1) };
  return last.hours;
}

/** The same time of day by the clock there, so many days before. */
function sameClock(at: number, daysBack: number, timeZone: string): number {
  const [date = '', time = ''] = wallClock(at, timeZone).split('T');
  return Math.floor(momentOf(`${addDays(date, -daysBack)}T${time}`, timeZone) / hour) * hour;
}
