import { refuseClosed } from '../../../db/repositories/accounts.ts';
import { type Bound, bindBest, bindEach, type NewAllocation } from '../../../db/repositories/booking.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { insertTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { randomPassword } from '../../lib/secrets.ts';
import { classFor, takeSeat } from '../blocks/claim.ts';
import { placeTogether } from '../booking/cluster.ts';
import { type Decision, decide, type Possible } from '../booking/decide.ts';
import { bumpCounter } from '../booking/limits.ts';
import { explain } from '../booking/why-not.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once, ReserveRequest } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { loginName } from './username.ts';

/**
 * Books a machine: one transaction with the reservation, its allocation, its task and its event. Throws LabError: bad input
 * names the field, `reservation.*` says what cannot be had and what could. What is refused leaves nothing but a statistic.
 */
export async function book(
  deps: ServiceDeps,
  me: SignedIn,
  request: ReserveRequest,
  once: Once = {},
): Promise<{ readonly id: number; readonly repeated: boolean }> {
  if (!may(me, 'reservation.create')) throw new LabError('not-allowed');
  const { image, minutes, start = null, imaging = false, revision = null } = request;
  const asked = ['reserve', image, minutes, start, imaging ? 1 : 0, revision] as const;
  let decided: Decision | null = null;
  try {
    return await inTransaction(deps.db, async (tx) => {
      // first, so that the same request sent twice at once waits for itself
      await bumpCounter(tx, `user:${me.id}`);
      await refuseClosed(tx, me.id);
      return await doOnce(tx, me, once, asked, async () => {
        const seat = isOrdinary(request) ? await seatOrNone(tx, deps, me, image) : null;
        if (seat !== null) return seat;
        decided = await decide(tx, deps, me, request, tx);
        return bookIn(tx, deps, me, request, decided);
      });
    });
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    throw await refuse(deps, me, request, error, decided);
  }
}

/** Started at once, with nothing said but what: within the time of one's class that is taking one's seat. */
function isOrdinary({ start, imaging, revision }: ReserveRequest): boolean {
  return start === undefined && imaging !== true && revision === undefined;
}

/** Where no seat is left, it is a booking like any other. Who has one already books another machine. */
async function seatOrNone(tx: Tx, deps: ServiceDeps, me: SignedIn, image: string): Promise<number | null> {
  const lesson = me.groupIds?.length === 0 ? null : await classFor(tx, me, image);
  if (!lesson || lesson.reservation_id !== null) return null;
  try {
    return await takeSeat(tx, deps, me, lesson);
  } catch (error) {
    if (error instanceof LabError && error.code === 'block.full') return null;
    throw error;
  }
}

/** Writes down what was decided, in the deciding transaction; an `offer` is theirs when they take it. Throws what refuses it. */
export async function bookIn(
  tx: Tx,
  deps: Pick<ServiceDeps, 'db' | 'cipher'>,
  me: SignedIn,
  request: ReserveRequest,
  decided: Decision,
  purpose: 'reservation' | 'offer' = 'reservation',
): Promise<number> {
  if (!decided.possible) throw decided.refusal;
  const { startsNow, minutes, imaging } = decided;
  const state = purpose === 'offer' ? 'offered' : 'new';
  const id = await insertReservation(tx, deps, me, request, { ...decided, state });
  const allocation = {
    reservationId: id,
    purpose,
    start: decided.start,
    end: decided.end,
  };
  for (const { id: targetId, candidate } of await bind(tx, decided, allocation)) {
    const where = {
      placeId: await placeOf(tx, candidate.poolId, deps),
      reservationId: id,
      nodeId: candidate.nodeId,
    };
    const runAfter = startsNow ? tx.now : Math.max(tx.now, decided.hold(candidate.loaded).from);
    await insertTask(tx, { action: 'new', targetType: 'allocation', targetId, runAfter }, where);
  }
  await addEvent(tx, {
    kind: 'booked',
    actorId: me.id,
    reservationId: id,
    data: { minutes, ...(imaging ? { imaging } : {}) },
  });
  return id;
}

/** Its machine, or all of its machines. Throws `reservation.no-machine` when others were faster. */
async function bind(tx: Tx, decided: Possible, allocation: NewAllocation): Promise<Bound[]> {
  const { want, hold, candidates, placed } = decided;
  const bound =
    placed.length > 0
      ? await bindTogether(tx, decided, allocation)
      : [await bindBest(tx, want, hold, allocation, candidates)];
  return bound.map((one) => {
    if (!one) throw new LabError('reservation.no-machine');
    return one;
  });
}

/** What was lost to others meanwhile is looked for anew. */
async function bindTogether(tx: Tx, { parts, hold, placed }: Possible, allocation: NewAllocation) {
  for (let search = 0; search < mostSearches; search++) {
    const places = search === 0 ? placed : await placeTogether(tx, parts, hold);
    const bound = 'part' in places ? null : await bindEach(tx, hold, allocation, places);
    if (bound) return bound;
  }
  return [null];
}

const mostSearches = 4;

async function insertReservation(
  tx: Tx,
  deps: Pick<ServiceDeps, 'cipher'>,
  me: SignedIn,
  request: ReserveRequest,
  {
    plan,
    start,
    end,
    minutes,
    startsNow,
    imaging,
    spending,
    state,
  }: Possible & { readonly state: 'new' | 'offered' },
): Promise<number> {
  return tx.insert('reservations', {
    user_id: me.id,
    image_id: plan.image.id,
    revision_id: request.revision === undefined ? null : (plan.revision?.id ?? null),
    imaging: imaging ? 1 : 0,
    budget_course_id: spending?.course.id ?? null,
    state,
    live: 1,
    start_at: start,
    end_at: end,
    minutes,
    starts_now: startsNow ? 1 : 0,
    username: loginName(me.name),
    password: deps.cipher.seal(randomPassword()),
    created_at: tx.now,
  });
}

const places = new WeakMap<object, Map<number, number>>();

/** A pool never changes its place. */
async function placeOf(tx: Tx, poolId: number, deps: Pick<ServiceDeps, 'db'>): Promise<number> {
  const known = places.get(deps.db) ?? new Map<number, number>();
  places.set(deps.db, known);
  const cached = known.get(poolId);
  if (cached !== undefined) return cached;
  const [row] = await tx.rows<{ place_id: number }>('SELECT place_id FROM pools WHERE id = ?', [poolId]);
  if (!row) throw new Error(`pool ${poolId} is gone`);
  known.set(poolId, row.place_id);
  return row.place_id;
}

/** What is said: with what would work instead, which is looked for when nobody waits for the transaction any more. */
export async function refuse(
  deps: ServiceDeps,
  me: SignedIn,
  request: ReserveRequest,
  error: LabError,
  decided: Decision | null,
): Promise<LabError> {
  const asked = decided && {
    possible: false as const,
    refusal: error,
    asked: decided.possible ? decided : decided.asked,
  };
  const said = asked ? await reading(deps.db, (reader) => explain(reader, me, asked)) : error;
  await recordRefusal(deps, me, request, said);
  return said;
}

/** Refused demand is a statistic: every refusal is kept with its reason. */
async function recordRefusal(
  deps: ServiceDeps,
  me: SignedIn,
  request: ReserveRequest,
  error: LabError,
): Promise<void> {
  if (!error.code.startsWith('reservation.')) return;
  const data = { code: error.code, image: request.image.slice(0, 60), minutes: request.minutes };
  await inTransaction(deps.db, (tx) =>
    addEvent(tx, { kind: 'refused', actorId: me.id, data, retention: 'statistic' }),
  );
}
