import { countFree } from '../../../db/repositories/candidates.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { day, quarter } from '../../domain/time.ts';
import {
  bookableStarts,
  type Calendar,
  fitsTogether,
  nextStarts,
  readAllowed,
  readCalendar,
} from '../booking/calendar.ts';
import { type Asked, decide } from '../booking/decide.ts';
import type { ServiceDeps } from '../deps.ts';
import type { TimesRequest } from '../services.ts';
import type { SignedIn, TimeSlot, TimesView } from '../views.ts';

const mostEarliest = 5;
/** A grid shows a week, in hours, one of which may come twice; no more is asked at once. */
export const mostSlots = 200;

/** At which times a wish can be had: the next ones, and of each of `starts` how many machines are free. Throws LabError for bad input. */
export function findTimes(deps: ServiceDeps, me: SignedIn, request: TimesRequest): Promise<TimesView> {
  const { image, minutes, count = 1, starts } = request;
  return reading(deps.db, async (reader) => {
    const decision = await decide(reader, deps, me, { image, minutes, count });
    const asked = decision.possible ? decision : decision.asked;
    if (asked === null) throw decision.possible ? new Error('nothing was asked') : decision.refusal;
    const { all } = await countFree(reader, asked.want, asked.hold(false));
    return {
      ...{ image: asked.plan.image.name, title: asked.plan.image.title, minutes, count },
      // several that belong together can be had, or not
      machines: asked.parts.length > 0 ? Math.min(1, all) : all,
      earliest: all < count ? [] : await nextStarts(reader, me, asked, reader.now, mostEarliest),
      slots: await slotsOf(reader, me, asked, starts.slice(0, mostSlots)),
    };
  });
}

async function slotsOf(
  reader: Reader,
  me: SignedIn,
  asked: Asked,
  starts: readonly number[],
): Promise<TimeSlot[]> {
  const { first, last } = bookableStarts(reader.now, me, asked);
  const open = starts.filter((start) => start % quarter === 0 && start >= first && start <= last);
  const slots = new Map<number, TimeSlot>();
  const [earliest] = open;
  if (earliest !== undefined && (open.at(-1) ?? 0) - earliest <= 8 * day) {
    const calendar = readCalendar(reader, asked, earliest, open.at(-1) ?? earliest);
    const isAllowed = await readAllowed(reader, me, asked);
    for (const start of open)
      slots.set(start, {
        ...{ start, free: await freeAt(reader, calendar, asked, start) },
        why: isAllowed(start) ? null : 'limit',
      });
  }
  return starts.map(
    (start) =>
      slots.get(start) ?? { start, free: 0, why: start < first ? ('past' as const) : ('far' as const) },
  );
}

/** Of several machines that are had together: whether they can be. */
async function freeAt(reader: Reader, calendar: Calendar, asked: Asked, start: number): Promise<number> {
  const free = await calendar.freeAt(start);
  if (free === 0 || asked.parts.length === 0) return free;
  return (await fitsTogether(reader, asked, start)) ? 1 : 0;
}
