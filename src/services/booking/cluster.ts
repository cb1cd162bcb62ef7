/** Machines that are had together: which they are, and on which nodes they could be. All of one pool: that is what a network belongs to. */
import { memberRows } from '../../../db/queries/image-members.ts';
import type { Placed } from '../../../db/repositories/booking.ts';
import { type Candidate, findCandidates } from '../../../db/repositories/candidates.ts';
import type { Want } from '../../../db/repositories/want.ts';
import type { Reader } from '../../../db/transaction.ts';
import { assign } from '../../domain/assign.ts';
import { memberNames } from '../../domain/cluster.ts';
import { LabError } from '../../domain/errors.ts';
import type { Window } from '../../domain/time.ts';
import { type Plan, type PlanSource, plansFor, wantOf, windows } from './plan.ts';

/** Machines of one image among those that are had together. */
export interface Part {
  readonly plan: Plan;
  /** What they are called; null: the one that was asked for. */
  readonly names: readonly (string | null)[];
  readonly role: string | null;
}

/** A part with what its machines must be. */
export interface WantedPart extends Part {
  readonly want: Want;
}

/**
 * An image's machines by part, its own first, or nothing where it is one machine. Their times are those of the slowest: they begin and
 * end together. Throws LabError where one of them cannot be loaded.
 */
export async function partsOf(reader: Reader, source: PlanSource, plan: Plan): Promise<Part[]> {
  if (plan.others === 0) return [];
  const rows = await memberRows(reader, plan.image.id);
  const plans = await plansFor(
    reader,
    source,
    rows.map(({ id }) => id),
  );
  const others = rows.map(({ id, title, ...row }) => {
    const found = plans.get(id);
    if (!found?.revision)
      throw new LabError('image.not-ready', {
        detail: found?.missing ?? `${title}, which comes with it, has no revision that can be loaded.`,
      });
    return { plan: found, names: memberNames(row), role: row.role };
  });
  return [{ plan, names: [null], role: null }, ...others];
}

/** One plan for all of them: what is promised and held, and the pools that have all of them. */
export function planTogether(parts: readonly Part[], plan: Plan): Plan {
  const plans = parts.map((part) => part.plan);
  const poolIds = plan.poolIds.filter((id) => plans.every((other) => other.poolIds.includes(id)));
  const leadIn = (id: number) => Math.max(...plans.map(({ leads }) => leads.get(id) ?? 0));
  return {
    ...plan,
    poolIds,
    leads: new Map(poolIds.map((id) => [id, leadIn(id)])),
    lead: Math.max(...plans.map(({ lead }) => lead)),
    turnover: Math.max(...plans.map(({ turnover }) => turnover)),
    newestNode: Math.max(...plans.map(({ newestNode }) => newestNode)),
  };
}

/** A part that is in the way of all. */
export interface Short {
  readonly part: WantedPart;
}

/**
 * A node for each of them, all of one pool, the fastest pool first; or the part that has too few. Exact: of each part as many are
 * looked at as there are machines in all, and whoever is in another's way goes elsewhere.
 */
export async function placeTogether(
  reader: Reader,
  parts: readonly WantedPart[],
  hold: (loaded: boolean) => Window,
): Promise<readonly Placed[] | Short> {
  const [first] = parts;
  if (!first) throw new Error('there is no part');
  const total = parts.reduce((sum, { names }) => sum + names.length, 0);
  let short: WantedPart = first;
  for (const poolId of first.want.poolIds) {
    const found: (readonly Candidate[])[] = [];
    for (const part of parts)
      found.push(await findCandidates(reader, { ...part.want, poolIds: [poolId] }, hold, total));
    const lacking = parts.find(({ names }, at) => (found[at]?.length ?? 0) < names.length);
    const placed = lacking === undefined ? placedOf(parts, found) : null;
    if (placed) return placed;
    short = lacking ?? first;
  }
  return { part: short };
}

/** By number, in the order in which they were entered; null where there are too few for all of them. */
function placedOf(parts: readonly WantedPart[], found: readonly (readonly Candidate[])[]): Placed[] | null {
  const wished = parts.flatMap(({ names, plan, role }, part) =>
    names.map((name) => ({ name, plan, role, part })),
  );
  const nodes = assign(wished.map(({ part }) => (found[part] ?? []).map(({ nodeId }) => nodeId)));
  return (
    nodes &&
    wished.map(({ name, plan, role, part }, member) => {
      const candidate = found[part]?.find(({ nodeId }) => nodeId === nodes[member]);
      if (!candidate) throw new Error('a node was given that was not offered');
      const imageId = name === null ? null : plan.image.id;
      return { member, memberName: name, memberRole: role, imageId, candidate };
    })
  );
}

/** Milliseconds (P95) until all machines of an image would be ready if they were had now; null where they cannot be. */
export async function readyTogether(
  reader: Reader,
  source: PlanSource,
  own: Plan,
  minutes: number,
): Promise<number | null> {
  try {
    const parts = await partsOf(reader, source, own);
    const plan = planTogether(parts, own);
    const { hold } = windows(plan, reader.now, minutes, true);
    const placed = await placeTogether(reader, wantedParts(parts, plan, true), hold);
    return 'part' in placed
      ? null
      : leadOf(
          plan,
          placed.map(({ candidate }) => candidate),
        );
  } catch (error) {
    if (error instanceof LabError) return null;
    throw error;
  }
}

/** Every part with what its machines must be, in the pools that have all of them. */
export function wantedParts(parts: readonly Part[], { poolIds }: Plan, startsNow: boolean): WantedPart[] {
  return parts.map((part) => ({ ...part, want: wantOf({ ...part.plan, poolIds }, startsNow) }));
}

/** A machine that has it loaded is there in a moment. Milliseconds. */
const atOnce = 1_000;

/** How long these machines take until the last of them is ready, in milliseconds. */
export function leadOf(plan: Plan, machines: readonly Candidate[]): number {
  const loading = machines.find(({ loaded }) => !loaded);
  return loading === undefined ? atOnce : (plan.leads.get(loading.poolId) ?? plan.lead);
}

/** What several machines that belong together are not had for. */
export function together(detail: string): LabError {
  return new LabError('reservation.together', { detail, fields: { image: detail } });
}
