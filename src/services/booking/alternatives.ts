/** What could be had instead of what was refused, or done about it. */
import type { Reader } from '../../../db/transaction.ts';
import type { Alternative, ErrorCode, LabError } from '../../domain/errors.ts';
import { minimumMinutes } from '../../domain/limits.ts';
import { inWords, minute } from '../../domain/time.ts';
import type { SignedIn } from '../views.ts';
import { nextStarts } from './calendar.ts';
import { type Asked, placesFor } from './decide.ts';
import { windows } from './plan.ts';

const mostTimes = 5;

/** The next times at which it fits, for as long as was asked. */
export async function nextTimes(reader: Reader, me: SignedIn, asked: Asked): Promise<Alternative[]> {
  const starts = await nextStarts(reader, me, asked, asked.start, mostTimes);
  return starts.map((start) => ({
    kind: 'start',
    start,
    label: `Start in ${inWords(start - reader.now)}`,
  }));
}

const step = minimumMinutes;

/** The longest that could be had at the same start, in whole quarter hours; what is free for long is free for shorter. */
export async function shorterOne(reader: Reader, asked: Asked): Promise<Alternative[]> {
  const { plan, start, startsNow, imaging } = asked;
  if (imaging) return [];
  const fits = async (steps: number) => {
    const { hold } = windows(plan, start, steps * step, startsNow);
    return (await placesFor(reader, asked, hold)) !== null;
  };
  let possible = 0;
  let tooMany = Math.ceil(asked.minutes / step);
  while (tooMany - possible > 1) {
    const middle = Math.floor((possible + tooMany) / 2);
    if (await fits(middle)) possible = middle;
    else tooMany = middle;
  }
  if (possible === 0) return [];
  const minutes = possible * step;
  return [{ kind: 'minutes', minutes, label: `Take ${inWords(minutes * minute)} instead` }];
}

const environments: Alternative = { kind: 'environments', label: 'Look at the other environments' };
const reservations: Alternative = { kind: 'reservations', label: 'Look at your reservations' };
const help: Alternative = { kind: 'help', label: 'Who can change that' };

/** A place in the line, for what begins at once. */
export function waitInstead({
  plan,
  minutes,
  startsNow,
  imaging,
  count,
  instead,
  parts,
}: Asked): Alternative[] {
  if (!startsNow || imaging || count !== 1 || instead || parts.length > 0) return [];
  const label = 'Wait for a machine: the next that becomes free is yours';
  return [{ kind: 'wait', label, image: plan.image.name, minutes }];
}

/** The page where one can go on from a refusal that names nothing else. */
const ways: Partial<Readonly<Record<ErrorCode, Alternative>>> = {
  'image.unknown': environments,
  'image.not-ready': environments,
  'reservation.not-captured': environments,
  'reservation.no-machine-ever': environments,
  'reservation.limit-upcoming': reservations,
};

const ofTheCalendar: ReadonlySet<ErrorCode> = new Set([
  'reservation.no-machine',
  'reservation.class-window',
  'reservation.maintenance',
  'reservation.closed',
  'reservation.out-of-order',
  'reservation.image-limit',
  'reservation.limit-horizon',
]);

/** Where to go on from a refusal. */
export function wayOn({ code, alternatives }: LabError, asked: Asked | null): Alternative[] {
  if (asked !== null && ofTheCalendar.has(code)) {
    const { plan, minutes } = asked;
    return [{ kind: 'find-a-time', label: 'Find a time', image: plan.image.name, minutes }];
  }
  const helps = code === 'reservation.limit-length' || code === 'reservation.limit-budget';
  const way = ways[code] ?? (helps && alternatives.length === 0 ? help : null);
  return way ? [way] : [];
}
