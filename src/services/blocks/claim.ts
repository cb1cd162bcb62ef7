import {
  classOf,
  classToClaim,
  type OpenClassRow,
  openClasses,
  seatsToClaim,
} from '../../../db/queries/claims.ts';
import { refuseClosed } from '../../../db/repositories/accounts.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { claimSeat, dropClaim } from '../../../db/repositories/seats.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import { randomPassword } from '../../lib/secrets.ts';
import type { ClassView } from '../block-views.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import { loginName } from '../reservations/username.ts';
import { everySecond, watch } from '../reservations/watch.ts';
import type { SignedIn } from '../views.ts';
import { keepExtras } from './day/seat-ends.ts';

/** The classes of one's courses whose seats can be claimed now, or within a day, the soonest first. */
export function ownClasses(deps: ServiceDeps, me: SignedIn): Promise<readonly ClassView[]> {
  return reading(deps.db, async (reader) => (await openClasses(reader, me.id)).map(classView));
}

/** One class, though it may be over; `not-found` where it is not of one's courses. */
export function ownClass(deps: ServiceDeps, me: SignedIn, dateId: number): Promise<ClassView> {
  return reading(deps.db, async (reader) => {
    const row = await classOf(reader, me.id, dateId);
    if (!row) throw new LabError('not-found');
    return classView(row);
  });
}

/** Calls back when something about a class is another for all who attend it: its seats can be taken, it ends. Resolves with how to stop. */
export async function watchClass(
  deps: ServiceDeps,
  me: SignedIn,
  dateId: number,
  changed: () => void,
): Promise<() => void> {
  await ownClass(deps, me, dateId);
  const pulse = async (reader: Reader) => {
    const { reservation_id, extra, ...all } = (await classOf(reader, me.id, dateId)) ?? {};
    return JSON.stringify(all);
  };
  return watch(deps.db, `class:${dateId}`, everySecond(pulse), changed);
}

function classView(row: OpenClassRow): ClassView {
  return {
    dateId: row.id,
    course: row.course,
    image: { name: row.image_name, title: row.image_title },
    start: row.start_at,
    end: row.end_at,
    opens: row.opens_at,
    isOpen: row.is_open,
    isEnding: row.is_ending,
    isFull: row.is_full,
    reservationId: row.reservation_id,
  };
}

/**
 * Takes one's seat: its reservation. Personal limits do not count. Who has one already, or a machine of that environment, is seated:
 * they are answered with that. `block.closed` outside of its time, `block.full` when no seat is left.
 */
export function claim(
  deps: ServiceDeps,
  me: SignedIn,
  dateId: number,
  once: Once = {},
): Promise<{ readonly id: number }> {
  return inTransaction(deps.db, async (tx) => {
    await bumpCounter(tx, `user:${me.id}`);
    await refuseClosed(tx, me.id);
    const row = await classToClaim(tx, me.id, { dateId });
    if (!row) throw new LabError('not-found');
    const { id } = await doOnce(tx, me, once, ['claim', dateId], () => takeSeat(tx, deps, me, row));
    return { id };
  });
}

/** The class of this person whose seats can be claimed now with that environment; null where there is none. */
export function classFor(tx: Tx, me: SignedIn, image: string): Promise<OpenClassRow | null> {
  return classToClaim(tx, me.id, { image });
}

type Who = Pick<SignedIn, 'id' | 'name'>;

/** The same for a person whose counter was bumped in this transaction; `by` presses for them. */
export async function takeSeat(
  tx: Tx,
  deps: ServiceDeps,
  me: Who,
  row: OpenClassRow,
  by: number = me.id,
): Promise<number> {
  if (row.reservation_id !== null) return row.reservation_id;
  if (row.is_ending) throw new LabError('block.closed', { detail: 'This class is being ended.' });
  if (!row.is_open) {
    const detail = `Its seats can be taken ${Math.round((row.start_at - row.opens_at) / minute)} minutes before it begins.`;
    throw new LabError('block.closed', { detail, facts: { opens: row.opens_at } });
  }
  await dropClaim(tx, row.id, me.id);
  for await (const seat of seatsToClaim(tx, row.id, row.extra)) {
    const id = await insertReservation(tx, deps, me, row, seat);
    if (await claimSeat(tx, seat.id, { reservationId: id, userId: me.id })) {
      const where = { placeId: seat.place_id, nodeId: seat.node_id, reservationId: id };
      await queueTask(tx, { action: 'new', targetType: 'allocation', targetId: seat.id }, where);
      // it may have been kept for somebody else
      if (row.extra > 0 || seat.end_at > row.end_at) await keepExtras(tx, deps, row);
      const data = { blockDateId: row.id, course: row.course };
      await addEvent(tx, { kind: 'seat-claimed', actorId: by, reservationId: id, data });
      return id;
    }
    // another was faster
    await tx.table('reservations').where({ id }).delete();
  }
  throw new LabError('block.full');
}

function insertReservation(
  tx: Tx,
  deps: ServiceDeps,
  me: Who,
  row: OpenClassRow,
  seat: { readonly revision_id: number | null },
): Promise<number> {
  const start = Math.max(tx.now, row.start_at);
  const end = row.end_at + row.extra * minute;
  return tx.insert('reservations', {
    user_id: me.id,
    image_id: row.image_id,
    // what is loaded is theirs, though another revision is production by now
    revision_id: seat.revision_id,
    block_date_id: row.id,
    imaging: 0,
    state: 'new',
    live: 1,
    start_at: start,
    end_at: end,
    minutes: Math.max(1, Math.ceil((end - start) / minute)),
    starts_now: 0,
    username: loginName(me.name),
    password: deps.cipher.seal(randomPassword()),
    created_at: tx.now,
  });
}
