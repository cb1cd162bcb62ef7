import { imageResource, imageRow, imageRows } from '../../../db/queries/images.ts';
import { type Reader, reading } from '../../../db/transaction.ts';
import { LabError, userMessages } from '../../domain/errors.ts';
import { minimumMinutes } from '../../domain/limits.ts';
import { may } from '../../domain/may.ts';
import { day, type Window } from '../../domain/time.ts';
import { type Budgets, budgetsIn, judgeSpending, payerOf } from '../booking/budget.ts';
import { readyTogether } from '../booking/cluster.ts';
import { imageSpans, judgeCounts, judgeImageCount, leastOf, liveSpans } from '../booking/limits.ts';
import { type Plan, plansFor, wantOf, windows } from '../booking/plan.ts';
import { readSupply } from '../booking/supply.ts';
import type { ServiceDeps } from '../deps.ts';
import type { BudgetView, Hindrance, ImageView, SignedIn } from '../views.ts';

const usual = 60;
const longest = (400 * day) / 60_000;

/** Every environment, by title; `search` looks in name, title and description. */
export function listImages(deps: ServiceDeps, me: SignedIn, search = ''): Promise<ImageView[]> {
  return reading(deps.db, async (reader) => {
    const images = await imageRows(reader);
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = images.filter((image) => {
      if (!may(me, 'image.read', imageResource(image))) return false;
      const text = `${image.name} ${image.title} ${image.description}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    return imageViews(
      reader,
      deps,
      me,
      found.map((image) => image.id),
    );
  });
}

export function getImage(deps: ServiceDeps, me: SignedIn, name: string): Promise<ImageView> {
  return reading(deps.db, async (reader) => {
    const image = await imageRow(reader, name);
    if (!image || !may(me, 'image.read', imageResource(image))) throw new LabError('not-found');
    const [view] = await imageViews(reader, deps, me, [image.id]);
    if (!view) throw new LabError('not-found');
    return view;
  });
}

/** Environments in this order, with how soon this person could have each: as many statements for a thousand as for one. */
export async function imageViews(
  reader: Reader,
  deps: ServiceDeps,
  me: SignedIn,
  ids: readonly number[],
): Promise<ImageView[]> {
  const plans = await plansFor(reader, { owner: deps.db, descriptors: deps.descriptors }, ids);
  const last = await lastMinutes(reader, me);
  const budgets = await budgetsIn(reader, me, me.groupIds ?? [], reader.now);
  const offers = ids.flatMap((id) => {
    const plan = plans.get(id);
    return plan ? [offerOf(reader, me, plan, { last: last.get(id) ?? usual, budgets })] : [];
  });
  const beside = await readBeside(reader, deps, me, offers);
  return offers.map((offer) => imageView(me, offer, beside));
}

/** What would be booked with a click. */
interface Offer {
  readonly plan: Plan;
  readonly mostMinutes: number;
  readonly minutes: number;
  readonly start: number;
  readonly end: number;
  readonly window: Window;
  /** The hours of a course that it takes; null: none. */
  readonly payer: BudgetView | null;
}

function offerOf(
  reader: Reader,
  me: SignedIn,
  plan: Plan,
  { last, budgets }: { readonly last: number; readonly budgets: Budgets },
): Offer {
  const payer = payerOf(me, imageResource(plan.image), budgets);
  const mostMinutes = leastOf(me.limits.initialMinutes, plan.image.max_minutes) ?? longest;
  const affordable = payer?.leftMinutes ?? longest;
  const minutes = Math.max(minimumMinutes, Math.min(mostMinutes, affordable, last));
  const { start, end, hold } = windows(plan, reader.now, minutes, true);
  return { plan, mostMinutes, minutes, start, end, payer, window: hold(false) };
}

/** What offers are judged by: read for all of them at once. */
async function readBeside(reader: Reader, deps: ServiceDeps, me: SignedIn, offers: readonly Offer[]) {
  const until = Math.max(reader.now, ...offers.map((offer) => offer.window.until));
  const images = offers.map((offer) => offer.plan.image);
  return {
    supply: await readSupply(reader, until),
    mine: await liveSpans(reader, me),
    others: await imageSpans(reader, images, until),
    together: await readTogether(reader, deps, offers),
  };
}

/** Of those that are several machines, how soon all of them would be ready: as it is booked, one by one. */
async function readTogether(reader: Reader, deps: ServiceDeps, offers: readonly Offer[]) {
  const found = new Map<number, number | null>();
  for (const { plan, minutes } of offers.filter((offer) => offer.plan.others > 0))
    found.set(
      plan.image.id,
      await readyTogether(reader, { owner: deps.db, descriptors: deps.descriptors }, plan, minutes),
    );
  return found;
}

type Beside = Awaited<ReturnType<typeof readBeside>>;

function imageView(me: SignedIn, offer: Offer, beside: Beside): ImageView {
  const { image, revision } = offer.plan;
  const counts = beside.supply.count(wantOf(offer.plan, true));
  return {
    id: image.id,
    name: image.name,
    title: image.title,
    description: image.description,
    notes: image.notes,
    icon: image.icon,
    simulated: revision?.format === 'simulated',
    revision: revision?.number ?? null,
    disarmed: offer.plan.disarmed,
    cpus: image.cpus,
    memoryMb: image.memory_mb,
    diskMb: image.disk_mb,
    sizes: counts.sizes,
    maxMinutes: image.max_minutes,
    readyIn: revision && !offer.plan.disarmed ? readyIn(offer, beside) : null,
    freeNow: counts.free,
    machines: counts.all,
    together: offer.plan.others + 1,
    mostMinutes: offer.mostMinutes,
    usualMinutes: offer.minutes,
    costs: offer.payer && { course: offer.payer.course.name, leftMinutes: offer.payer.leftMinutes },
    hindrance: hindranceOf(me, offer, beside),
  };
}

/** The counting limits, asked as booking asks them: what they would refuse is not offered. */
function hindranceOf(me: SignedIn, offer: Offer, { mine, others }: Beside): Hindrance | null {
  const { plan, minutes, start, end, payer } = offer;
  if (plan.missing) return { text: plan.missing, other: null };
  if (plan.disarmed) return { text: userMessages['place.disarmed'], other: null };
  try {
    judgeCounts(me.limits, mine, { start, end, minutes, startsNow: true });
    judgeImageCount(plan.image, others, { start, end });
    if (payer) judgeSpending({ ...payer, minutes });
    return null;
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    return { text: error.message, other: error.alternatives[0] ?? null };
  }
}

/** Milliseconds (P95) until it would be ready if taken now; null when no machine is free for that long. */
function readyIn({ plan, window }: Offer, { supply, together }: Beside): number | null {
  const all = together.get(plan.image.id);
  if (all !== undefined) return all;
  const best = supply.best(wantOf(plan, true), window);
  if (best === null) return null;
  return best === 'loaded' ? 1_000 : (plan.leads.get(best) ?? plan.lead);
}

/** For how long this person took each image last. */
async function lastMinutes(reader: Reader, me: SignedIn): Promise<Map<number, number>> {
  const rows = await reader.rows<{ image_id: number; minutes: number }>(
    `SELECT image_id, minutes FROM reservations
       WHERE id IN (SELECT MAX(id) FROM reservations WHERE user_id = ? AND server_name IS NULL GROUP BY image_id)`,
    [me.id],
  );
  return new Map(rows.map((row) => [row.image_id, row.minutes]));
}
