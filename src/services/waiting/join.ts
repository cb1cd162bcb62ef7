import { refuseClosed } from '../../../db/repositories/accounts.ts';
import { fitsSomewhere } from '../../../db/repositories/candidates.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask, wakeTask } from '../../../db/repositories/tasks.ts';
import { endWait } from '../../../db/repositories/waiters.ts';
import type { WaiterRow } from '../../../db/rows.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { type ErrorCode, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { together } from '../booking/cluster.ts';
import { decide, type Impossible } from '../booking/decide.ts';
import { bumpCounter } from '../booking/limits.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import { endReservation } from '../reservations/change.ts';
import type { SignedIn } from '../views.ts';
import type { WaitRequest } from '../waiting.ts';
import { lineGuard, serveWaiters } from './serve.ts';

/** Refusals that end when somebody else's time does. */
const worthWaiting: ReadonlySet<ErrorCode> = new Set(['reservation.no-machine', 'reservation.image-limit']);

const serverZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * Takes a place at the end of the line. One for each person and environment; only where nothing can be had now. Throws LabError:
 * `waiting.already`, `waiting.free`, or why it could not be had however long one waited. Answers with the place's id.
 */
export async function joinLine(
  deps: ServiceDeps,
  me: SignedIn,
  request: WaitRequest,
  once: Once = {},
): Promise<number> {
  const { image, minutes, askFirst = false } = request;
  const asked = ['wait', image, minutes, askFirst ? 1 : 0] as const;
  const { id } = await inTransaction(deps.db, async (tx) => {
    await bumpCounter(tx, `user:${me.id}`);
    await refuseClosed(tx, me.id);
    return doOnce(tx, me, once, asked, async () => {
      await bumpCounter(tx, lineGuard);
      return stand(tx, deps, me, request);
    });
  });
  return id;
}

async function stand(tx: Tx, deps: ServiceDeps, me: SignedIn, request: WaitRequest): Promise<number> {
  const { image, minutes, askFirst = false } = request;
  const decided = await decide(tx, deps, me, { image, minutes }, tx);
  const judged = decided.possible ? decided : decided.asked;
  if (judged && judged.parts.length > 0)
    throw together('One waits for one machine: this environment has several. Find a time instead.');
  const imageId = judged?.plan.image.id;
  const mine = { user_id: me.id, image_id: imageId ?? 0, live: 1 };
  if (await tx.table('waiters').where(mine).first()) throw new LabError('waiting.already');
  if (decided.possible) throw new LabError('waiting.free');
  await checkWorthWaiting(tx, decided);
  const id = await tx.insert('waiters', {
    ...{ ...mine, minutes, asks_first: askFirst ? 1 : 0, created_at: tx.now },
    time_zone: me.timeZone ?? serverZone,
  });
  await addEvent(tx, { kind: 'waits-in-line', actorId: me.id, data: { waiter: id, image, minutes } });
  await wakeLine(tx);
  return id;
}

async function checkWorthWaiting(tx: Tx, { refusal, asked }: Impossible): Promise<void> {
  if (asked === null || !worthWaiting.has(refusal.code)) throw refusal;
  if (!(await fitsSomewhere(tx, { ...asked.want, exceptNodes: [] })))
    throw new LabError('reservation.no-machine-ever');
}

/** Those who look after places look after the line at once. */
async function wakeLine(tx: Tx): Promise<void> {
  const places = await tx.rows<{ id: number }>('SELECT id FROM places');
  for (const { id } of places) {
    await queueTask(tx, { action: 'waitlist', targetType: 'place', targetId: id }, { placeId: id });
    await wakeTask(tx, 'waitlist', 'place', id);
  }
}

/** Gives up a place; one with an offer by declining that. `not-found` for somebody else's, except for who may end reservations. */
export async function leaveLine(deps: ServiceDeps, me: SignedIn, id: number): Promise<void> {
  const offered = await inTransaction(deps.db, async (tx) => {
    await bumpCounter(tx, lineGuard);
    const [row] = await tx.rows<WaiterRow>('SELECT * FROM waiters WHERE id = ?', [id]);
    if (!row || !may(me, 'reservation.change', { ownerId: row.user_id })) throw new LabError('not-found');
    if (row.live === null || row.reservation_id !== null) return row.live && row.reservation_id;
    await endWait(tx, id, 'left');
    await addEvent(tx, { kind: 'wait-over', actorId: me.id, data: { waiter: id, outcome: 'left' } });
    // what was kept for them is somebody else's now
    await serveWaiters(tx, deps);
    return null;
  });
  if (offered !== null) await endReservation(deps, me, offered);
}
