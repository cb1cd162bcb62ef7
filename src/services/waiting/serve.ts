/** Gives what became free to those who wait: the one function that does, inside of the transaction that freed it. */
import { personIn } from '../../../db/queries/people.ts';
import { reservationRow } from '../../../db/queries/reservations.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { anybodyWaits, endWait } from '../../../db/repositories/waiters.ts';
import { isLostRace, type Tx, whenFreed } from '../../../db/transaction.ts';
import { type ErrorCode, LabError } from '../../domain/errors.ts';
import { minute } from '../../domain/time.ts';
import { signedIn } from '../accounts/signed-in.ts';
import { decide, type Possible } from '../booking/decide.ts';
import { bumpCounter } from '../booking/limits.ts';
import { planSource } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import { tellOwner } from '../reservations/change.ts';
import { bookIn } from '../reservations/reserve.ts';
import type { SignedIn } from '../views.ts';
import { offerMinutes, type Planned, planNow, standing } from './line.ts';

/** The guard row of the line: whoever joins it or serves from it changes it first. */
export const lineGuard = 'waiters';

/** How long nothing is kept for somebody in whose way a limit of their own was; it is tried whenever something becomes free. */
const setAside = minute;

/** From now on, whatever becomes free in this process goes to those who wait first. */
export function serveWhenFreed(deps: ServiceDeps): void {
  whenFreed(deps.db, async (tx) => {
    await tx.savepoint(() => served(tx, deps));
  });
}

/** What was freed is freed, whatever happens here: who waits is looked after again in a few seconds (`waitlist`). */
async function served(tx: Tx, deps: ServiceDeps): Promise<boolean> {
  try {
    await serveWaiters(tx, deps);
    return true;
  } catch (error) {
    if (isLostRace(error)) throw error;
    deps.log.error({ err: error }, 'those who wait could not be served');
    return false;
  }
}

/**
 * Serves who can be served now, in the order of the line as the plan has it (line.ts): with a reservation, or with an offer for who
 * wants to be asked. Answers how many. May be called at any time; it does nothing where nobody waits.
 */
export async function serveWaiters(tx: Tx, deps: ServiceDeps): Promise<number> {
  if (!(await anybodyWaits(tx))) return 0;
  await bumpCounter(tx, lineGuard);
  const passed = new Set<number>();
  for (let count = 0; ; ) {
    const rows = await standing(tx, { without: passed, aside: true });
    const [next] = await planNow(tx, planSource(deps, false), rows);
    if (!next) return count;
    passed.add(next.row.id);
    if (await serve(tx, deps, next)) count++;
  }
}

/** One of them: what a limit forbids passes on to the next, without loss of the place. */
async function serve(tx: Tx, deps: ServiceDeps, { row }: Planned): Promise<boolean> {
  const me = signedIn(await personIn(tx, row.user_id), deps);
  const [image] = await tx.rows<{ name: string }>(
    'SELECT name FROM images WHERE id = ? AND deleted_at IS NULL',
    [row.image_id],
  );
  if (!me || !image) return leaves(tx, row);
  await bumpCounter(tx, `user:${me.id}`);
  const asksFirst = row.asks_first === 1;
  const inLine = { id: row.id, thinkMinutes: asksFirst ? offerMinutes : 0 };
  const wish = { image: image.name, minutes: row.minutes, inLine };
  const decided = await decide(tx, deps, me, wish, tx);
  if (!decided.possible) {
    if (forGood.has(decided.refusal.code)) return leaves(tx, row);
    if (decided.refusal.code !== 'reservation.no-machine')
      await tx
        .table('waiters')
        .where({ id: row.id })
        .update({ aside_until: tx.now + setAside });
    return false;
  }
  return tx.savepoint(() => give(tx, deps, me, row, decided));
}

/** Nothing that becomes free helps against these. */
const forGood: ReadonlySet<ErrorCode> = new Set(['image.unknown', 'not-allowed', 'reservation.limit-length']);

async function leaves(tx: Tx, { id, user_id: userId }: Planned['row']): Promise<false> {
  await endWait(tx, id, 'gone');
  await addEvent(tx, { kind: 'wait-over', actorId: userId, data: { waiter: id, outcome: 'gone' } });
  return false;
}

async function give(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  { id, asks_first: asks, created_at: since, minutes }: Planned['row'],
  decided: Possible,
): Promise<boolean> {
  const { name, title } = decided.plan.image;
  const purpose = asks === 1 ? 'offer' : 'reservation';
  const reservationId = await book(tx, deps, me, { image: name, minutes }, decided, purpose);
  if (reservationId === null) return false;
  const row = await reservationRow(tx, reservationId);
  const waited = tx.now - Number(since);
  if (asks === 1) {
    const until = tx.now + offerMinutes * minute;
    await tx
      .table('waiters')
      .where({ id })
      .update({ reservation_id: reservationId, offered_until: until, aside_until: null });
    await addEvent(tx, { kind: 'offered', actorId: me.id, reservationId, data: { waited } });
    if (row) await tellOwner(tx, row, 'offered', { title, until });
  } else {
    await endWait(tx, id, 'started', reservationId);
    await addEvent(tx, { kind: 'wait-over', actorId: me.id, reservationId, data: { waited } });
    if (row) await tellOwner(tx, row, 'turn', { title });
  }
  return true;
}

/** Null where somebody else was faster with every machine. */
async function book(...asked: Parameters<typeof bookIn>): Promise<number | null> {
  try {
    return await bookIn(...asked);
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}
