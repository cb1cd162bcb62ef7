import {
  lostSeats,
  type OpenSeatRow,
  openSeats,
  shortDateRows,
  untoldTeachers,
} from '../../../db/queries/class-day.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { ClassesDue } from '../../domain/contracts/state.ts';
import { minute } from '../../domain/time.ts';
import { planFor, planSource } from '../booking/plan.ts';
import type { SeatDeps } from './seats.ts';

/** What is to be done for the classes of a place that begin within a day or have begun. */
export async function classesDue(reader: Reader, deps: SeatDeps, placeId: number): Promise<ClassesDue> {
  const seats = await openSeats(reader, placeId);
  const loaded = seats.filter(({ state }) => state === 'ready');
  const outdated = loaded.filter((seat) => Number(seat.unfit) === 0 && Number(seat.outdated) === 1);
  const batches: number[] = [];
  for (const dateId of new Set(outdated.map((seat) => seat.block_date_id))) {
    const ofDate = outdated.filter((seat) => seat.block_date_id === dateId);
    batches.push(...(await batchOf(reader, deps, ofDate, seats)));
  }
  return {
    now: reader.now,
    load: seats.filter(({ state, queued }) => state !== 'ready' && Number(queued) === 0).map(({ id }) => id),
    again: [...loaded.filter((seat) => Number(seat.unfit) === 1).map(({ id }) => id), ...batches],
    lost: await lostSeats(reader, placeId),
    untold: await untoldDates(reader),
  };
}

/**
 * So many of the seats with an older revision that all are through by the start, one batch after the other; none where the time is
 * too short for one: an older revision is better than no seat.
 */
async function batchOf(
  reader: Reader,
  deps: SeatDeps,
  outdated: readonly OpenSeatRow[],
  all: readonly OpenSeatRow[],
): Promise<number[]> {
  const [first] = outdated;
  if (!first) return [];
  if (all.some((seat) => seat.block_date_id === first.block_date_id && seat.state !== 'ready')) return [];
  const plan = await planFor(reader, planSource(deps, false), first.image_id);
  const rounds = Math.floor((first.start_at - reader.now) / Math.max(plan?.lead ?? 0, minute));
  if (!plan?.revision || rounds < 1) return [];
  return outdated.slice(0, Math.ceil(outdated.length / rounds)).map(({ id }) => id);
}

async function untoldDates(reader: Reader): Promise<number[]> {
  const untold: number[] = [];
  for (const date of await shortDateRows(reader))
    if ((await untoldTeachers(reader, date)).length > 0) untold.push(date.id);
  return untold;
}
