/** Seats last as long as their class, and those of single students longer. */
import type { DateRow } from '../../../../db/queries/blocks.ts';
import { extrasToCome, type LiveSeatRow, liveSeats } from '../../../../db/repositories/class-time.ts';
import { moveHoldEnd } from '../../../../db/repositories/holds.ts';
import type { Reader, Tx } from '../../../../db/transaction.ts';
import { ceilQuarter, minute } from '../../../domain/time.ts';
import { makeRoom } from '../../booking/make-room.ts';
import { planFor, planSource } from '../../booking/plan.ts';
import type { ServiceDeps } from '../../deps.ts';
import { wakeWatch } from '../../reservations/change.ts';

export interface ToEnd {
  readonly end: number;
  /** The clean-up after it, in milliseconds. */
  readonly turnover: number;
  /** It stays held for as long as it was, so that the end can be moved back. */
  readonly keepHold?: boolean;
}

interface Short {
  readonly userId: number;
  readonly because: 'promised' | 'full';
}

export async function turnoverOf(
  reader: Reader,
  deps: ServiceDeps,
  { image_id: imageId }: Pick<DateRow, 'image_id'>,
): Promise<number> {
  const plan = await planFor(reader, planSource(deps, false), imageId);
  return plan && plan.turnover >= minute ? plan.turnover : 0;
}

/**
 * Lets a seat last until then: what is booked on its machine after it goes to others. False where that cannot be; nothing of it has
 * changed then.
 */
export function moveSeatEnd(
  tx: Tx,
  deps: ServiceDeps,
  seat: LiveSeatRow,
  { end, turnover, keepHold = false }: ToEnd,
): Promise<boolean> {
  return tx.savepoint(async () => {
    if (seat.reservation_id !== null) await setEnd(tx, seat.reservation_id, end);
    const wanted = ceilQuarter(end + turnover);
    const until = keepHold ? Math.max(seat.hold_until, wanted) : wanted;
    const window = { from: seat.hold_until, until };
    const room = { nodeId: seat.node_id, window, besides: seat.id };
    const stay =
      until > window.from ? await makeRoom(tx, deps, room, 'A class needs it longer.', { all: true }) : [];
    return stay.length === 0 && (await moveHoldEnd(tx, seat.id, until, end));
  });
}

/** Who watches it looks again. */
async function setEnd(tx: Tx, id: number, end: number): Promise<void> {
  const [row] = await tx.rows<{ start_at: number }>('SELECT start_at FROM reservations WHERE id = ?', [id]);
  const minutes = Math.max(1, Math.ceil((end - Number(row?.start_at ?? end)) / minute));
  await tx.table('reservations').where({ id }).update({ end_at: end, minutes });
  await wakeWatch(tx, id);
}

/**
 * Makes the seats of a date last as long as those keep them who were given more time; one that nobody has is held longer for each of
 * them who has none yet. Answers with who goes short: no machine can be kept for them that long, or no seat is left.
 */
export async function keepExtras(
  tx: Tx,
  deps: ServiceDeps,
  date: Pick<DateRow, 'id' | 'end_at' | 'image_id'>,
): Promise<Short[]> {
  const turnover = await turnoverOf(tx, deps, date);
  const classEnd = Number(date.end_at);
  const seats = await liveSeats(tx, date.id);
  const short: Short[] = [];
  for (const seat of seats) {
    if (seat.user_id === null) continue;
    const end = classEnd + seat.extra * minute;
    if (seat.end_at !== end && !(await moveSeatEnd(tx, deps, seat, { end, turnover })))
      short.push({ userId: seat.user_id, because: 'promised' });
  }
  // those that last the longest already come first
  const open = seats.filter(({ user_id }) => user_id === null).toSorted((a, b) => b.end_at - a.end_at);
  for (const { user_id: userId, minutes } of await extrasToCome(tx, date.id)) {
    const end = classEnd + minutes * minute;
    const found = await firstThat(open, async (seat) => {
      return seat.end_at === end || (await moveSeatEnd(tx, deps, seat, { end, turnover }));
    });
    if (found === null) short.push({ userId, because: open.length === 0 ? 'full' : 'promised' });
    else open.splice(open.indexOf(found), 1);
  }
  for (const seat of open)
    if (seat.end_at > classEnd) await moveSeatEnd(tx, deps, seat, { end: classEnd, turnover });
  return short;
}

async function firstThat<T>(all: readonly T[], works: (one: T) => Promise<boolean>): Promise<T | null> {
  for (const one of all) if (await works(one)) return one;
  return null;
}
