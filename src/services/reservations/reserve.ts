import { imageResource } from '../../../db/queries/images.ts';
import { refuseClosed } from '../../../db/repositories/accounts.ts';
import { bindBest } from '../../../db/repositories/booking.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { insertTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { imagingMinutes, minimumMinutes, minutesWanted, mostMinutes } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { randomPassword } from '../../lib/secrets.ts';
import { findAlternatives } from '../booking/alternatives.ts';
import { bumpCounter, checkCounts, checkImageCount, checkLength } from '../booking/limits.ts';
import { whyNotOnOwnDisks } from '../booking/own-disks.ts';
import { type Plan, planFor, planSource, wantOf, windows } from '../booking/plan.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once, ReserveRequest } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { loginName } from './username.ts';

/** The least time between now and a start that is still "now": a form takes a moment to send. */
const nowTolerance = 60_000;

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
  checkMinutes(request.minutes);
  try {
    return await inTransaction(deps.db, async (tx) => {
      // first, so that the same request sent twice at once waits for itself
      await bumpCounter(tx, `user:${me.id}`);
      await refuseClosed(tx, me.id);
      const { image, minutes, start = null, imaging = false, revision = null } = request;
      const asked = ['reserve', image, minutes, start, imaging ? 1 : 0, revision] as const;
      return await doOnce(tx, me, once, asked, () => bookIn(tx, deps, me, request));
    });
  } catch (error) {
    if (error instanceof LabError) await recordRefusal(deps, me, request, error);
    throw error;
  }
}

function checkMinutes(minutes: number): void {
  if (!Number.isInteger(minutes) || minutes < minimumMinutes || minutes > mostMinutes) {
    throw invalid('minutes', minutesWanted);
  }
}

async function bookIn(tx: Tx, deps: ServiceDeps, me: SignedIn, request: ReserveRequest): Promise<number> {
  const plan = await planOf(tx, deps, me, request);
  const startsNow = request.start === undefined || Math.abs(request.start - tx.now) <= nowTolerance;
  if (!startsNow && (request.start ?? 0) < tx.now) throw invalid('start', 'The start lies in the past.');
  const imaging = request.imaging === true;
  const minutes = imaging ? Math.max(request.minutes, imagingMinutes) : request.minutes;
  const span = windows(plan, startsNow ? tx.now : (request.start ?? tx.now), minutes, startsNow);
  const asked = { start: span.start, end: span.end, minutes, startsNow, imaging };
  checkLength(me, asked, imaging ? null : plan.image.max_minutes, tx.now);
  await checkCounts(tx, me, asked);
  if (plan.image.max_at_once !== null) await bumpCounter(tx, `image:${plan.image.id}`);
  await checkImageCount(tx, plan.image, asked);

  const revisionId = request.revision === undefined ? null : (plan.revision?.id ?? null);
  const id = await insertReservation(tx, deps, me, plan, { ...asked, revisionId });
  const bound = await bindBest(tx, wantOf(plan, startsNow), span.hold, {
    reservationId: id,
    purpose: 'reservation',
    ...span,
  });
  if (!bound) throw await noMachine(tx, plan, me, asked);
  const where = {
    placeId: await placeOf(tx, bound.candidate.poolId, deps),
    reservationId: id,
    nodeId: bound.candidate.nodeId,
  };
  const runAfter = startsNow ? tx.now : Math.max(tx.now, span.hold(bound.candidate.loaded).from);
  await insertTask(tx, { action: 'new', targetType: 'allocation', targetId: bound.id, runAfter }, where);
  await addEvent(tx, {
    kind: 'booked',
    actorId: me.id,
    reservationId: id,
    data: { minutes, ...(imaging ? { imaging } : {}) },
  });
  return id;
}

/** The environment as this person may have it; one that they may not see does not exist for them. */
async function planOf(tx: Tx, deps: ServiceDeps, me: SignedIn, request: ReserveRequest): Promise<Plan> {
  const { image, revision, imaging } = request;
  const source = planSource(deps, imaging === true);
  const plan = await planFor(tx, source, image, revision === undefined ? null : { number: revision });
  if (!plan || !may(me, 'image.read', imageResource(plan.image)))
    throw new LabError('image.unknown', { fields: { image: `There is no environment "${image}".` } });
  if (imaging && !may(me, 'image.create')) throw new LabError('not-allowed');
  if (revision !== undefined && !may(me, 'image.manage', imageResource(plan.image)))
    throw new LabError('not-allowed');
  if (!plan.revision) {
    if (plan.missing) throw new LabError('image.not-ready', { detail: plan.missing });
    if (revision === undefined) throw new LabError('image.not-ready');
    throw invalid('revision', `${plan.image.title} has no revision ${revision} that can be loaded.`);
  }
  if (imaging && plan.poolIds.length === 0 && plan.ownDisks === null)
    throw new LabError('reservation.not-captured');
  return plan;
}

async function insertReservation(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  plan: Plan,
  asked: {
    start: number;
    end: number;
    minutes: number;
    startsNow: boolean;
    imaging: boolean;
    revisionId: number | null;
  },
): Promise<number> {
  return tx.insert('reservations', {
    user_id: me.id,
    image_id: plan.image.id,
    revision_id: asked.revisionId,
    imaging: asked.imaging ? 1 : 0,
    state: 'new',
    live: 1,
    start_at: asked.start,
    end_at: asked.end,
    minutes: asked.minutes,
    starts_now: asked.startsNow ? 1 : 0,
    username: loginName(me.name),
    password: deps.cipher.seal(randomPassword()),
    created_at: tx.now,
  });
}

const places = new WeakMap<object, Map<number, number>>();

/** A pool never changes its place. */
async function placeOf(tx: Tx, poolId: number, deps: ServiceDeps): Promise<number> {
  const known = places.get(deps.db) ?? new Map<number, number>();
  places.set(deps.db, known);
  const cached = known.get(poolId);
  if (cached !== undefined) return cached;
  const [row] = await tx.rows<{ place_id: number }>('SELECT place_id FROM pools WHERE id = ?', [poolId]);
  if (!row) throw new Error(`pool ${poolId} is gone`);
  known.set(poolId, row.place_id);
  return row.place_id;
}

async function noMachine(
  tx: Tx,
  plan: Plan,
  me: SignedIn,
  asked: { start: number; minutes: number; startsNow: boolean },
): Promise<LabError> {
  const { daysAhead } = me.limits;
  const latestStart = daysAhead === null ? null : tx.now + daysAhead * 86_400_000;
  const alternatives = await findAlternatives(tx, plan, { ...asked, latestStart });
  if (alternatives.length > 0) return new LabError('reservation.no-machine', { alternatives });
  const detail = await whyNotOnOwnDisks(tx, plan.image.title, plan.ownDisks);
  return new LabError('reservation.no-machine-ever', detail === null ? {} : { detail });
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
