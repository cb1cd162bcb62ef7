/** Who of those who wait would be given what, and when: the plan that decides whose turn it is, and what a person is told. */
import { heldFromNow, type LineNode, nodesInLine, waitersInLine } from '../../../db/repositories/waiters.ts';
import type { WaiterRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import { isQuiet } from '../../domain/quiet-hours.ts';
import { ceilQuarter, day, minute, type Window } from '../../domain/time.ts';
import { type Plan, type PlanSource, plansFor, wantOf, windows } from '../booking/plan.ts';

/** An offer is held so long; who takes it has all of their minutes from then on. */
export const offerMinutes = 15;

/** A waiter with the machine and the time that the plan gives them; null where it finds none. */
export interface Planned {
  readonly row: WaiterRow;
  readonly poolIds: readonly number[];
  readonly place: { readonly nodeId: number; readonly start: number; readonly hold: Window } | null;
}

/**
 * Gives each, in their order, the earliest time that those before them leave: nobody is delayed by anybody behind them, and a smaller
 * wish is served before a larger one exactly where that does not delay it.
 */
export async function planLine(
  reader: Reader,
  source: PlanSource,
  rows: readonly WaiterRow[],
): Promise<Planned[]> {
  if (rows.length === 0) return [];
  const plans = await plansFor(reader, source, [...new Set(rows.map((row) => row.image_id))]);
  const pools = new Set([...plans.values()].flatMap(({ poolIds }) => poolIds));
  const held = await heldFromNow(reader, [...pools]);
  const nodes = new Map<number, LineNode[]>();
  for (const [id, plan] of plans) nodes.set(id, await nodesInLine(reader, wantOf(plan, false)));
  return rows.map((row) => {
    const plan = plans.get(row.image_id);
    const place = plan ? placeFor(row, plan, nodes.get(row.image_id) ?? [], held, reader.now) : null;
    // who sleeps by then is passed over: nothing is kept for them
    const isAsked = row.asks_first === 1 && place !== null && isQuiet(place.start, row.time_zone);
    if (place && !isAsked) keep(held, place.nodeId, place.hold);
    return { row, poolIds: plan?.poolIds ?? [], place };
  });
}

/** The earliest of all machines; of those that are alike the one whose gap it fills best. */
function placeFor(
  row: WaiterRow,
  plan: Plan,
  nodes: readonly LineNode[],
  held: ReadonlyMap<number, readonly Window[]>,
  now: number,
): Planned['place'] {
  const minutes = row.minutes + (row.asks_first === 1 ? offerMinutes : 0);
  // a hold from its start on, the clean-up too: numbers alone, for this is done for every machine and everybody who waits
  const lasts = windows(plan, 0, minutes, true).end + (plan.turnover < minute ? 0 : plan.turnover);
  let best: Gap | null = null;
  let nodeId = 0;
  for (const node of nodes) {
    const gap = firstGap(held.get(node.id) ?? [], node.free ? now : ceilQuarter(now + 1), lasts);
    if (best && (gap.start > best.start || (gap.start === best.start && gap.until >= best.until))) continue;
    best = gap;
    nodeId = node.id;
  }
  if (!best) return null;
  return { nodeId, start: best.start, hold: windows(plan, best.start, minutes, true).hold(false) };
}

interface Gap {
  readonly start: number;
  readonly until: number;
}

/** Where what lasts so long fits first between what is held, and where that gap ends. */
function firstGap(held: readonly Window[], first: number, lasts: number): Gap {
  let start = first;
  for (const { from, until } of held) {
    if (until <= start) continue;
    if (from >= ceilQuarter(start + lasts)) return { start, until: from };
    start = until;
  }
  return { start, until: Number.POSITIVE_INFINITY };
}

function keep(held: Map<number, Window[]>, nodeId: number, hold: Window): void {
  const all = [...(held.get(nodeId) ?? []), hold].sort((a, b) => a.from - b.from);
  held.set(nodeId, all);
}

interface Standing {
  readonly without?: ReadonlySet<number>;
  /** Only who came before this one. */
  readonly before?: number | undefined;
  /** Those too in whose way a limit was: it may be gone. */
  readonly aside?: boolean;
}

/** Who may be given something now, in order: not who sleeps, nor who has just missed an offer. */
export async function standing(
  reader: Reader,
  { without, before = Number.POSITIVE_INFINITY, aside = false }: Standing = {},
): Promise<WaiterRow[]> {
  const rows = await waitersInLine(reader);
  const later = (at: number | null) => Number(at ?? 0) > reader.now;
  return rows.filter(
    (row) =>
      row.id < before &&
      !without?.has(row.id) &&
      !later(row.not_before) &&
      (aside || !later(row.aside_until)) &&
      !(row.asks_first === 1 && isQuiet(reader.now, row.time_zone)),
  );
}

/** What begins so much later is no matter of those who wait now. */
const comparedAhead = 2 * day;

/** Machines that, in that time, are kept for those who came before: whoever books does without them. */
export async function keptForLine(
  reader: Reader,
  source: PlanSource,
  { start, hold }: { readonly start: number; readonly hold: Window },
  before?: number,
): Promise<number[]> {
  if (start > reader.now + comparedAhead) return [];
  const planned = await planLine(reader, source, await standing(reader, { before }));
  return planned.flatMap(({ place }) =>
    place && place.hold.from < hold.until && place.hold.until > hold.from ? [place.nodeId] : [],
  );
}

/** Can it be given now? */
export function isDueNow({ place }: Planned, now: number): boolean {
  return place !== null && place.start <= now;
}
