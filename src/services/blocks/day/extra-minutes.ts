import { type DateRow, dateRows } from '../../../../db/queries/blocks.ts';
import { classPeople, setExtra } from '../../../../db/repositories/class-time.ts';
import { addEvent } from '../../../../db/repositories/events.ts';
import { inTransaction, type Reader } from '../../../../db/transaction.ts';
import { invalid, LabError } from '../../../domain/errors.ts';
import { inWords, minute } from '../../../domain/time.ts';
import { bumpCounter } from '../../booking/limits.ts';
import type { ExtraMinutes } from '../../class-day.ts';
import type { ServiceDeps } from '../../deps.ts';
import { doOnce } from '../../once.ts';
import type { Once } from '../../requests.ts';
import type { SignedIn } from '../../views.ts';
import { checkMinutes } from './extend-class.ts';
import { dateOf, takeInHand } from './in-hand.ts';
import { keepExtras } from './seat-ends.ts';

/**
 * A student of the course keeps their seat so many minutes longer than the class, whether they have one yet or not; 0: no longer.
 * A machine is held for that at once, or nothing changes (`reservation.extend-blocked`; `block.full` where no seat is left for them).
 */
export async function giveExtra(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  dateId: number,
  { person, minutes, later = false }: ExtraMinutes,
  once: Once = {},
): Promise<void> {
  checkMinutes(minutes, 0);
  await inTransaction(deps.db, async (tx) => {
    await dateOf(tx, me, id, dateId);
    const { id: userId } = await studentOf(tx, dateId, person);
    await bumpCounter(tx, `user:${userId}`);
    const { block, date } = await takeInHand(tx, me, id, dateId);
    await doOnce(tx, me, once, ['extra', dateId, userId, minutes, Number(later)], async () => {
      const dates = later ? await fromThen(tx, id, date) : [date];
      for (const one of dates) {
        const before = await keepExtras(tx, deps, one);
        await setExtra(tx, one.id, userId, minutes);
        const short = await keepExtras(tx, deps, one);
        const own = short.find((who) => who.userId === userId);
        if (own?.because === 'full') throw noSeat(one, person);
        // nor may it be at somebody else's cost
        if (own || short.length > before.length) throw tooLong(one, minutes);
      }
      const data = { blockDateId: dateId, course: block.course, user: userId, minutes, dates: dates.length };
      await addEvent(tx, { kind: 'class-extra', actorId: me.id, data });
      return null;
    });
  });
}

/** Somebody who attends the course of that date, by login. */
export async function studentOf(reader: Reader, dateId: number, person: string) {
  const name = person.trim().toLowerCase();
  const found = (await classPeople(reader, dateId)).find((one) => one.name.toLowerCase() === name);
  if (!found) throw invalid('person', `Nobody with the login "${person.slice(0, 60)}" attends this course.`);
  return found;
}

/** That date and those that follow, as far as their seats are held. */
async function fromThen(reader: Reader, blockId: number, first: DateRow): Promise<DateRow[]> {
  const from = Number(first.start_at);
  return (await dateRows(reader, blockId)).filter(
    ({ state, start_at }) => state === 'held' && Number(start_at) >= from,
  );
}

function noSeat({ date }: DateRow, person: string): LabError {
  const detail = `${date}: every seat is taken, and ${person.trim()} has none. Nothing was changed.`;
  return new LabError('block.full', { detail });
}

function tooLong({ date }: DateRow, minutes: number): LabError {
  const detail = `${date}: no machine can be kept ${inWords(minutes * minute)} longer: each is promised to somebody else then. Nothing was changed.`;
  return new LabError('reservation.extend-blocked', { detail, fields: { minutes: 'Fewer may do.' } });
}
