import type { ReservationListRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { moveHoldEnd } from '../../../db/repositories/holds.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { isLive } from '../../domain/states.ts';
import { ceilQuarter, inWords, minute } from '../../domain/time.ts';
import { bumpCounter, checkCounts, leastOf } from '../booking/limits.ts';
import { planFor } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../services.ts';
import type { ExtensionView, ReservationView, SignedIn } from '../views.ts';
import { wakeWatch } from './change.ts';
import { getReservation, mine } from './read.ts';

interface Hold {
  readonly id: number;
  readonly node_id: number;
  readonly hold_until: number;
  readonly end_at: number;
}

/** How far it may be extended, shown before asking: the node's next booking, the group's limits, the environment's. */
export function extension(deps: ServiceDeps, me: SignedIn, id: number): Promise<ExtensionView> {
  return reading(deps.db, async (reader) => {
    const row = await mine(reader, me, id, 'reservation.change');
    const hold = await holdOf(reader, row);
    return hold
      ? mostOf(reader, me, row, hold, await turnoverOf(reader, deps, row))
      : { mostMinutes: 0, latestEnd: Number(row.end_at), because: 'It has ended.' };
  });
}

async function holdOf(reader: Reader, row: ReservationListRow): Promise<Hold | null> {
  if (!isLive(row.state) || row.allocation_id === null) return null;
  const [hold] = await reader.rows<Hold>(
    'SELECT id, node_id, hold_until, end_at FROM allocations WHERE id = ? AND released_at IS NULL',
    [row.allocation_id],
  );
  return hold ?? null;
}

/** The time a clean-up is given after the end, 0 when it takes less than a minute. */
async function turnoverOf(reader: Reader, deps: ServiceDeps, row: ReservationListRow): Promise<number> {
  const plan = await planFor(reader, { owner: deps.db, descriptors: deps.descriptors }, row.image_id);
  return plan && plan.turnover >= minute ? plan.turnover : 0;
}

async function mostOf(
  reader: Reader,
  me: SignedIn,
  row: ReservationListRow,
  hold: Hold,
  turnover: number,
): Promise<ExtensionView> {
  const end = Number(row.end_at);
  const used = Math.floor((end - Number(row.start_at)) / minute);
  const { totalMinutes, extendMinutes } = me.limits;
  const total = leastOf(totalMinutes, row.image_max_minutes);
  const limits: [number | null, string][] = [
    [
      total === null ? null : Math.max(0, total - used),
      `your group allows ${inWords((total ?? 0) * minute)} in all`,
    ],
    [extendMinutes, `your group allows ${inWords((extendMinutes ?? 0) * minute)} at a time`],
    [
      await minutesToNext(reader, hold, end + turnover),
      'the machine is promised to somebody else after that',
    ],
  ];
  const [most, because] = limits.reduce((least, limit) =>
    (limit[0] ?? Infinity) < (least[0] ?? Infinity) ? limit : least,
  );
  const mostMinutes = most ?? 24 * 60;
  return {
    mostMinutes,
    latestEnd: end + mostMinutes * minute,
    because: most === null ? 'as long as you like' : because,
  };
}

/** Whole minutes from `clean`, when the machine is ready for others, to where the next booking's hold begins; null when none follows. */
async function minutesToNext(reader: Reader, hold: Hold, clean: number): Promise<number | null> {
  const [next] = await reader.rows<{ hold_from: number | null }>(
    'SELECT MIN(hold_from) AS hold_from FROM allocations WHERE node_id = ? AND released_at IS NULL AND hold_from >= ? AND id <> ?',
    [hold.node_id, hold.hold_until, hold.id],
  );
  if (!next?.hold_from) return null;
  return Math.max(0, Math.floor((Number(next.hold_from) - clean) / minute));
}

/** Extends it: limits counted again, then the hold, in one transaction. 409 with what is possible when it is more. */
export async function extend(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  minutes: number,
  once: Once = {},
): Promise<ReservationView> {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > 400 * 24 * 60) {
    throw invalid('minutes', 'A whole number of minutes, at least 1.');
  }
  await inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE reservations SET version = version + 1 WHERE id = ?', [id]);
    const row = await mine(tx, me, id, 'reservation.change');
    await doOnce(tx, me, once, ['extend', id, minutes], async () => {
      await moveEnd(tx, deps, me, row, minutes);
      return id;
    });
  });
  return getReservation(deps, me, id);
}

async function moveEnd(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  row: ReservationListRow,
  minutes: number,
): Promise<void> {
  const { id } = row;
  const hold = await holdOf(tx, row);
  if (!hold) throw new LabError('reservation.state-changed');
  await bumpCounter(tx, `user:${row.user_id}`);
  const turnover = await turnoverOf(tx, deps, row);
  const most = await mostOf(tx, me, row, hold, turnover);
  if (minutes > most.mostMinutes) throw tooLong(most);
  const end = Number(row.end_at) + minutes * minute;
  await checkOthers(tx, me, row, end);
  const until = ceilQuarter(end + turnover);
  if (!(await moveHoldEnd(tx, hold.id, Math.max(until, Number(hold.hold_until)), end)))
    throw tooLong({ ...most, mostMinutes: 0 });
  // what is promised from ready on grows too
  await tx.table('reservations').where({ id }).update({ end_at: end }).increment('minutes', minutes);
  await addEvent(tx, { kind: 'extended', actorId: me.id, reservationId: id, data: { minutes } });
  await wakeWatch(tx, id);
}

/** The longer window must not overlap more of one's other reservations than the group allows. */
async function checkOthers(tx: Reader, me: SignedIn, row: ReservationListRow, end: number) {
  const limits = { ...me.limits, upcoming: null };
  const tail = { start: Number(row.end_at), end, minutes: 0, startsNow: true };
  await checkCounts(tx, { id: row.user_id, limits }, tail);
}

function tooLong(most: ExtensionView): LabError {
  const possible = most.mostMinutes > 0;
  return new LabError(possible ? 'reservation.extend-limit' : 'reservation.extend-blocked', {
    detail: possible
      ? `It can be extended by at most ${inWords(most.mostMinutes * minute)}: ${most.because}.`
      : `It cannot be extended: ${most.because}.`,
    alternatives: possible
      ? [
          {
            kind: 'minutes',
            minutes: most.mostMinutes,
            label: `Extend by ${inWords(most.mostMinutes * minute)}`,
          },
        ]
      : [],
  });
}
