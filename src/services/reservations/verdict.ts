import { countFree } from '../../../db/repositories/candidates.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { type ErrorCode, userMessages } from '../../domain/errors.ts';
import { inWords, minute } from '../../domain/time.ts';
import { leadOf } from '../booking/cluster.ts';
import { type Asked, decide, type Possible, type Wish } from '../booking/decide.ts';
import { explain } from '../booking/why-not.ts';
import type { ServiceDeps } from '../deps.ts';
import type { VerdictRequest } from '../services.ts';
import type { SignedIn, Verdict } from '../views.ts';

/** May it be had? Asked while the form is filled: reads only, takes nothing; booking decides again. */
export function verdict(deps: ServiceDeps, me: SignedIn, request: VerdictRequest): Promise<Verdict> {
  const { image, imaging } = request;
  const start = request.start === undefined || request.start === null ? undefined : Number(request.start);
  const count = request.count === undefined ? 1 : Number(request.count);
  const wish = { image, minutes: Number(request.minutes), start, imaging, count };
  return reading(deps.db, (reader) => decidedVerdict(reader, deps, me, wish));
}

/** The decision in words. */
export async function decidedVerdict(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  wish: Wish,
): Promise<Verdict> {
  const decision = await decide(reader, deps, me, wish);
  const asked = decision.possible ? decision : decision.asked;
  const counts = asked && (await countFree(reader, asked.want, asked.hold(asked.startsNow)));
  const many = { free: counts?.free ?? null, machines: counts?.all ?? null, costs: costsOf(asked) };
  if (decision.possible) return { ...yes(decision, reader.now), ...many };
  const { code, message, alternatives, fields } = await explain(reader, me, decision);
  const [field] = Object.values(fields);
  const text = sayField.has(decision.refusal.code) && field !== undefined ? field : message;
  return { possible: false, text, readyAt: null, end: null, alternatives, fields, code, ...many };
}

/** What these say themselves is less than what is wrong with the field. */
const sayField: ReadonlySet<ErrorCode> = new Set(['input.invalid', 'image.unknown']);

/** Before it is spent: what is left is without it. */
function costsOf(asked: Asked | null): Verdict['costs'] {
  if (!asked?.spending) return null;
  const { course, minutes, leftMinutes } = asked.spending;
  return { course: course.name, minutes, leftMinutes };
}

type Counts = 'free' | 'machines' | 'costs';

function yes(
  { startsNow, start, end, minutes, candidates, placed, plan }: Possible,
  now: number,
): Omit<Verdict, Counts> {
  const more = { possible: true, code: null, alternatives: [], fields: {} };
  if (!startsNow) return { ...more, text: allOf(placed, 'Ready at the start.'), readyAt: start, end };
  const machines = placed.length > 0 ? candidates : candidates.slice(0, 1);
  const lead = leadOf(plan, machines);
  const isLoaded = machines.every(({ loaded }) => loaded);
  const text = plan.disarmed ? userMessages['place.disarmed'] : allOf(placed, readyWords(isLoaded, lead));
  return { ...more, text, readyAt: now + lead, end: now + lead + minutes * minute };
}

function readyWords(isLoaded: boolean, lead: number): string {
  return isLoaded ? 'Ready in a moment.' : `Ready in about ${inWords(lead)}.`;
}

/** "All 4 ready in a moment." */
function allOf(placed: Possible['placed'], text: string): string {
  return placed.length === 0 ? text : `All ${placed.length} ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}
