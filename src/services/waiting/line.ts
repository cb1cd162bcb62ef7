/** Who of those who wait would be given what, and when: the plan that decides whose turn it is, and what a person is told. */
import { freeThroughout } from '../../../db/repositories/candidates.ts';
import { heldFromNow, type LineNode, nodesInLine, waitersInLine } from '../../../db/repositories/waiters.ts';
import type { WaiterRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import { isQuiet } from '../../domain/quiet-hours.ts';
import { ceilQuarter, day, floorQuarter, hour, minute, quarter, type Window } from '../../domain/time.ts';
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
  const plans = await plansOf(reader, source, rows);
  const poolIds = [...new Set([...plans.values()].flatMap((plan) => plan.poolIds))];
  const nodes = new Map<number, LineNode[]>();
  for (const [id, plan] of plans) nodes.set(id, await nodesInLine(reader, wantOf(plan, false)));
  const longest = Math.max(0, ...[...plans.values()].flatMap((plan) => lastsOfThose(rows, plan)));
  for (const ahead of looksAhead.filter((each) => each > longest)) {
    const held = await heldFromNow(reader, { poolIds }, reader.now + ahead);
    const planned = placeAll(rows, plans, { nodes, held }, reader.now);
    if (planned.every(({ place }) => place === null || place.hold.until <= reader.now + ahead))
      return planned;
  }
  return [];
}

/** Most wait for hours: what is held for later is looked at only where that is not enough, and gaps that end later are alike. */
const nearby = 6 * hour;
const looksAhead = [nearby, 2 * day, Number.POSITIVE_INFINITY];

type Plans = ReadonlyMap<number, Plan>;

function plansOf(reader: Reader, source: PlanSource, rows: readonly WaiterRow[]): Promise<Plans> {
  return plansFor(reader, source, [...new Set(rows.map((row) => row.image_id))]);
}

/** Machines by the image that they could serve, and what is held of them. */
interface Calendar {
  readonly nodes: ReadonlyMap<number, readonly LineNode[]>;
  readonly held: Map<number, Window[]>;
}

function placeAll(
  rows: readonly WaiterRow[],
  plans: Plans,
  { nodes, held }: Calendar,
  now: number,
): Planned[] {
  return rows.map((row) => {
    const plan = plans.get(row.image_id);
    const place = plan ? placeFor(row, plan, nodes.get(row.image_id) ?? [], held, now) : null;
    // who sleeps by then is passed over: nothing is kept for them
    const isAsked = row.asks_first === 1 && place !== null && isQuiet(place.start, row.time_zone);
    if (place && !isAsked) keep(held, place.nodeId, place.hold);
    return { row, poolIds: plan?.poolIds ?? [], place };
  });
}

/** With the time that they may think about it. */
function minutesOf(row: WaiterRow): number {
  return row.minutes + (row.asks_first === 1 ? offerMinutes : 0);
}

/** Milliseconds from its start to the end of its hold, the clean-up too: a number alone, for it is asked of every machine and everybody who waits. */
function lastsOf(row: WaiterRow, plan: Plan): number {
  return windows(plan, 0, minutesOf(row), true).end + (plan.turnover < minute ? 0 : plan.turnover);
}

/** The earliest of all machines; of those that are alike the one whose gap it fills best. */
function placeFor(
  row: WaiterRow,
  plan: Plan,
  nodes: readonly LineNode[],
  held: ReadonlyMap<number, readonly Window[]>,
  now: number,
): Planned['place'] {
  const lasts = lastsOf(row, plan);
  let best: Gap | null = null;
  let nodeId = 0;
  for (const node of nodes) {
    const { start, until } = firstGap(held.get(node.id) ?? [], node.free ? now : ceilQuarter(now + 1), lasts);
    const gap = { start, until: Math.min(until, now + nearby) };
    if (best && (start > best.start || (start === best.start && gap.until >= best.until))) continue;
    best = gap;
    nodeId = node.id;
  }
  if (!best) return null;
  return { nodeId, start: best.start, hold: windows(plan, best.start, minutesOf(row), true).hold(false) };
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

/**
 * Those of the plan who can be given something now, read off the machines that are free now alone: who is given something later begins
 * where something that is held ends, never in time that is free now.
 */
export async function planNow(
  reader: Reader,
  source: PlanSource,
  rows: readonly WaiterRow[],
): Promise<Planned[]> {
  const { now } = reader;
  const plans = await plansOf(reader, source, rows);
  const nodes = new Map<number, LineNode[]>();
  let longest = 0;
  for (const [id, plan] of plans) {
    const lasts = lastsOfThose(rows, plan);
    longest = Math.max(longest, ...lasts);
    nodes.set(id, await freeNow(reader, plan, lasts, rows.length));
  }
  const nodeIds = [...new Set([...nodes.values()].flat().map(({ id }) => id))];
  if (nodeIds.length === 0) return [];
  const held = await heldFromNow(reader, { nodeIds }, now + Math.max(nearby, longest + quarter));
  return placeAll(rows, plans, { nodes, held }, now).filter(
    ({ place }) => place !== null && place.start <= now,
  );
}

/** How long each lasts that this is the plan of, the shortest first. */
function lastsOfThose(rows: readonly WaiterRow[], plan: Plan): number[] {
  const mine = rows.filter((row) => row.image_id === plan.image.id);
  return [...new Set(mine.map((row) => lastsOf(row, plan)))].sort((a, b) => a - b);
}

/** Machines that are free now for as long as one of these lasts: of each as many as there are people, which is enough. */
async function freeNow(
  reader: Reader,
  plan: Plan,
  lasts: readonly number[],
  people: number,
): Promise<LineNode[]> {
  const found = new Set<number>();
  for (const one of lasts) {
    const window = { from: floorQuarter(reader.now), until: ceilQuarter(reader.now + one) };
    const ids = await freeThroughout(reader, wantOf(plan, true), window, people);
    for (const id of ids) found.add(id);
    // what is free for longer is among them
    if (ids.length < people) break;
  }
  return [...found].map((id) => ({ id, free: true }));
}

/** Can each of them have been served and be done by then, whatever the others take? So it is where as many machines are free before it. */
async function areDoneBy(
  reader: Reader,
  source: PlanSource,
  rows: readonly WaiterRow[],
  until: number,
): Promise<boolean> {
  for (const plan of (await plansOf(reader, source, rows)).values()) {
    const from = floorQuarter(until - (lastsOfThose(rows, plan).at(-1) ?? 0));
    if (from <= reader.now) return false;
    const free = await freeThroughout(reader, wantOf(plan, false), { from, until }, rows.length);
    if (free.length < rows.length) return false;
  }
  return true;
}

/** What begins so much later is no matter of those who wait now. */
const comparedAhead = 2 * day;

interface Compared {
  readonly start: number;
  readonly hold: Window;
  /** It begins now, on a machine that is free. */
  readonly takesFree: boolean;
}

/** Machines that, in that time, are kept for those who came before: whoever books does without them. */
export async function keptForLine(
  reader: Reader,
  source: PlanSource,
  { start, hold, takesFree }: Compared,
  before?: number,
): Promise<number[]> {
  if (start > reader.now + comparedAhead) return [];
  const rows = await standing(reader, { before });
  if (rows.length === 0 || (!takesFree && (await areDoneBy(reader, source, rows, hold.from)))) return [];
  const planned = await (takesFree ? planNow : planLine)(reader, source, rows);
  return planned.flatMap(({ place }) =>
    place && place.hold.from < hold.until && place.hold.until > hold.from ? [place.nodeId] : [],
  );
}
