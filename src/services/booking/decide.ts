import { imageResource } from '../../../db/queries/images.ts';
import type { Placed } from '../../../db/repositories/booking.ts';
import { type Candidate, findCandidates } from '../../../db/repositories/candidates.ts';
import type { Held, Want } from '../../../db/repositories/want.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { imagingMinutes, minimumMinutes, minutesWanted, mostMinutes } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import type { Window } from '../../domain/time.ts';
import type { ServiceDeps } from '../deps.ts';
import type { SignedIn } from '../views.ts';
import { keptForLine } from '../waiting/line.ts';
import { judgeSpending, type Spending, spendingOf } from './budget.ts';
import { classPlan } from './class-lead.ts';
import {
  type Part,
  partsOf,
  placeTogether,
  planTogether,
  together,
  type WantedPart,
  wantedParts,
} from './cluster.ts';
import { bumpCounter, checkCounts, checkImageCount, checkLength } from './limits.ts';
import { type Plan, planFor, planSource, wantOf, windows } from './plan.ts';

/** What somebody would have. */
export interface Wish {
  readonly image: string;
  /** Epoch milliseconds; absent: now, with all the minutes from *ready* on. */
  readonly start?: number | undefined;
  readonly minutes: number;
  /** Machines at the same time, all or none; one unless it says otherwise. */
  readonly count?: number | undefined;
  /** They are seats of a class: loaded when they can be claimed, before it begins. */
  readonly ofClass?: boolean | undefined;
  /** To make an image of it. */
  readonly imaging?: boolean | undefined;
  /** For long, and for others too. */
  readonly isServer?: boolean | undefined;
  /** Another revision than the production one, by number. */
  readonly revision?: number | undefined;
  /** Of somebody who waits: their place, so that only those before them come first, and how long they may think about it. */
  readonly inLine?: { readonly id: number; readonly thinkMinutes: number } | undefined;
  /** A booking that this would take the place of: it does not count beside it, and its machine may go on. */
  readonly instead?: (Held & { readonly reservationId: number }) | undefined;
}

/** A wish as it is judged: what it comes to, and what machines would have to be. */
export interface Asked {
  readonly plan: Plan;
  readonly want: Want;
  readonly start: number;
  readonly end: number;
  readonly minutes: number;
  readonly startsNow: boolean;
  readonly imaging: boolean;
  readonly count: number;
  /** What is held of a machine that has it loaded, and of one that has not. */
  readonly hold: (loaded: boolean) => Window;
  readonly instead: Wish['instead'];
  /** Machines that are kept for who came before and waits: `want` leaves them out. */
  readonly kept: readonly number[];
  /** What it costs of a course's hours; null: nothing. */
  readonly spending: Spending | null;
  /** The machines that are had together, by image; none where it is one. */
  readonly parts: readonly WantedPart[];
}

export interface Possible extends Asked {
  readonly possible: true;
  /** Machines that can take it, best first: at least `count`. */
  readonly candidates: readonly Candidate[];
  /** Of machines that are had together, the node of each; none where it is one. */
  readonly placed: readonly Placed[];
}

export interface Impossible {
  readonly possible: false;
  /** Why not; `explain` (why-not.ts) finds what would work instead. */
  readonly refusal: LabError;
  /** What was asked for; null where it could not be made out, so that no other time would help. */
  readonly asked: Asked | null;
}

export type Decision = Possible | Impossible;

type Deciding = Pick<ServiceDeps, 'db' | 'descriptors'>;

/** A start that is so near is "now": a form takes a moment to send. */
const nowTolerance = 60_000;

/**
 * Decides whether a wish can be had: the one place that knows (docs/adr/0011). Reads alone, unless `guard` is the transaction
 * in which it is booked: then what limits count is guarded, the person's counter having been bumped before. Whose personal
 * limits do not count is handed in with none.
 */
export async function decide(
  reader: Reader,
  deps: Deciding,
  me: SignedIn,
  wish: Wish,
  guard: Tx | null = null,
): Promise<Decision> {
  let asked: Asked | null = null;
  try {
    const plan = await planOf(reader, deps, me, wish);
    const parts = await partsOf(reader, planSource(deps, false), plan);
    refuseTogether(parts, wish);
    asked = askedOf(plan, parts, wish, reader.now);
    await checkLimits(reader, me, asked, guard);
    asked = { ...asked, spending: await spendingFor(reader, me, asked, wish) };
    if (asked.spending) judgeSpending(asked.spending);
    asked = await behindTheLine(reader, deps, asked, wish);
    const found = await placesFor(reader, asked, asked.hold);
    if (found) return { ...asked, possible: true, ...found };
    throw new LabError('reservation.no-machine');
  } catch (refusal) {
    if (!(refusal instanceof LabError)) throw refusal;
    return { possible: false, refusal, asked };
  }
}

type Places = Pick<Possible, 'candidates' | 'placed'>;

/** The machines that a wish could have for that hold; null where there are too few. Reads alone. */
export async function placesFor(reader: Reader, asked: Asked, hold: Asked['hold']): Promise<Places | null> {
  if (asked.parts.length > 0) {
    const placed = await placeTogether(reader, asked.parts, hold);
    return 'part' in placed ? null : { placed, candidates: placed.map(({ candidate }) => candidate) };
  }
  const candidates = await findCandidates(reader, asked.want, hold, asked.count);
  return candidates.length < asked.count ? null : { candidates, placed: [] };
}

/** What several machines that belong together are not had for. */
function refuseTogether(
  parts: readonly Part[],
  { ofClass, imaging, count = 1, inLine, instead, isServer }: Wish,
): void {
  if (parts.length === 0) return;
  if (ofClass) throw together('A class has one machine for each seat: this environment has several.');
  if (imaging) throw together('An image is made of one machine: this environment has several.');
  if (isServer) throw together('A server is one machine: this environment has several.');
  if (inLine) throw together('One waits for one machine: this environment has several. Find a time instead.');
  if (instead) throw together('A booking is not changed to several machines: end it, and book them.');
  if (count > 1) throw together('This environment has several machines: it is had once at a time.');
}

/** The environment as this person may have it; one that they may not see does not exist for them. */
async function planOf(reader: Reader, deps: Deciding, me: SignedIn, wish: Wish): Promise<Plan> {
  const { image, minutes, count = 1, imaging = false, revision } = wish;
  if (!may(me, 'reservation.create')) throw new LabError('not-allowed');
  if (!Number.isInteger(minutes) || minutes < minimumMinutes || minutes > mostMinutes)
    throw invalid('minutes', minutesWanted);
  if (!Number.isInteger(count) || count < 1 || count > mostTogether)
    throw invalid('count', `A whole number of machines, from 1 to ${mostTogether}.`);
  const wanted = revision === undefined ? null : { number: revision };
  const plan = await planFor(reader, planSource(deps, imaging), image, wanted);
  if (!plan || !may(me, 'image.read', imageResource(plan.image)))
    throw new LabError('image.unknown', { fields: { image: `There is no environment "${image}".` } });
  if (imaging && !may(me, 'image.create')) throw new LabError('not-allowed');
  if (revision !== undefined && !may(me, 'image.manage', imageResource(plan.image)))
    throw new LabError('not-allowed');
  checkRevision(plan, wish);
  return wish.ofClass ? classPlan(reader, deps, plan, count) : plan;
}

/** Nobody has a room for more. */
const mostTogether = 1000;

function checkRevision(plan: Plan, { imaging = false, revision }: Wish): void {
  if (!plan.revision) {
    if (plan.missing) throw new LabError('image.not-ready', { detail: plan.missing });
    if (revision === undefined) throw new LabError('image.not-ready');
    throw invalid('revision', `${plan.image.title} has no revision ${revision} that can be loaded.`);
  }
  if (imaging && plan.poolIds.length === 0 && plan.ownDisks === null)
    throw new LabError('reservation.not-captured');
}

function askedOf(own: Plan, parts: readonly Part[], wish: Wish, now: number): Asked {
  const plan = parts.length === 0 ? own : planTogether(parts, own);
  const { start = now, count = 1, imaging = false, instead } = wish;
  if (!Number.isFinite(start)) throw invalid('start', 'must be a date and a time.');
  if (start < now - nowTolerance) throw invalid('start', 'The start lies in the past.');
  const startsNow = start <= now + nowTolerance;
  const minutes = imaging ? Math.max(wish.minutes, imagingMinutes) : wish.minutes;
  const held = minutes + (wish.inLine?.thinkMinutes ?? 0);
  const span = windows(plan, startsNow ? now : start, held, startsNow);
  const want = { ...wantOf(plan, startsNow), own: instead ?? null };
  const wanted = wantedParts(parts, plan, startsNow);
  const more = { instead, kept: [], spending: null, parts: wanted };
  return { plan, want, ...span, minutes, startsNow, imaging, count, ...more };
}

/** Nobody who comes later passes those who wait (docs/adr/0011). */
async function behindTheLine(reader: Reader, deps: Deciding, asked: Asked, { inLine }: Wish): Promise<Asked> {
  const source = planSource(deps, asked.imaging);
  const { start, startsNow, instead } = asked;
  const compared = { start, hold: asked.hold(false), takesFree: startsNow && !instead };
  const kept = await keptForLine(reader, source, compared, inLine?.id);
  if (kept.length === 0) return asked;
  const without = (want: Asked['want']) => ({ ...want, exceptNodes: kept });
  const parts = asked.parts.map((part) => ({ ...part, want: without(part.want) }));
  return { ...asked, kept, want: without(asked.want), parts };
}

/** Class time, servers and making images cost nothing. */
async function spendingFor(
  reader: Reader,
  me: SignedIn,
  { plan, start, minutes, imaging, instead }: Asked,
  { ofClass = false, isServer = false }: Wish,
): Promise<Spending | null> {
  if (imaging || ofClass || isServer) return null;
  const resource = imageResource(plan.image);
  return spendingOf(reader, me, resource, { start, minutes }, instead?.reservationId ?? null);
}

/** The person's limits and the environment's own. */
async function checkLimits(reader: Reader, me: SignedIn, asked: Asked, guard: Tx | null): Promise<void> {
  const { image } = asked.plan;
  const except = asked.instead?.reservationId ?? null;
  // to make an image of it, one may have it longer than to use it
  checkLength(me, asked, asked.imaging ? null : image.max_minutes, reader.now);
  await checkCounts(reader, me, asked, except);
  const all = asked.parts.length === 0 ? [{ image, count: asked.count }] : asked.parts.map(countOf);
  for (const { image: limited, count } of all.toSorted((a, b) => a.image.id - b.image.id)) {
    if (guard && limited.max_at_once !== null) await bumpCounter(guard, `image:${limited.id}`);
    await checkImageCount(reader, limited, { ...asked, count }, except);
  }
}

const countOf = ({ plan, names }: WantedPart) => ({ image: plan.image, count: names.length });
