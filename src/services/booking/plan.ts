import { marks } from '../../../db/marks.ts';
import { type ImageAndGroups, imageGroups } from '../../../db/queries/images.ts';
import type { OwnDisks, Want } from '../../../db/repositories/want.ts';
import type { PoolRow, RevisionRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { StartFacts } from '../../domain/contracts/facts.ts';
import type { ModuleDescriptor } from '../../domain/contracts/provisioning.ts';
import { holdWindow, minute, type Window } from '../../domain/time.ts';
import { estimates } from './estimates.ts';
import { hasMachineFor, ownDisksOf, type PoolAndNodes } from './own-disks.ts';

/** How an image could be served: which pools, which revision, and how long its load and its clean-up take there. */
export interface Plan {
  readonly image: ImageAndGroups;
  readonly revision: RevisionRow | null;
  /** Machines that come with it. */
  readonly others: number;
  /** One sentence: why there is no revision although there was one; null when that is not so. */
  readonly missing: string | null;
  /** Every pool that could serve it is at a place that touches no machine. */
  readonly disarmed: boolean;
  /** The fastest first. */
  readonly poolIds: readonly number[];
  /** Milliseconds that a load takes in each pool: what is promised of a machine there. */
  readonly leads: ReadonlyMap<number, number>;
  readonly newestNode: number;
  /** What machines must be that have it on a disk of their own; null where any will do. */
  readonly ownDisks: OwnDisks | null;
  /** Milliseconds, the longest over the pools: what is held, whichever machine it becomes. */
  readonly lead: number;
  readonly turnover: number;
}

export interface PlanSource {
  readonly owner: object;
  readonly descriptors: Readonly<Record<string, ModuleDescriptor>>;
}

/** What bookings are served from: every module, or to make an image of the machine those that can save one. */
export function planSource(
  { db, descriptors }: { readonly db: object; readonly descriptors: PlanSource['descriptors'] },
  imaging: boolean,
): PlanSource {
  const able = Object.entries(descriptors).filter(([, { captures }]) => captures !== false);
  return { owner: db, descriptors: imaging ? Object.fromEntries(able) : descriptors };
}

type ImageAndRevision = ImageAndGroups & { others: number } & {
  [Key in keyof RevisionRow as `v_${Key}`]: RevisionRow[Key] | null;
};

const revisionColumns = [
  'id',
  'image_id',
  'number',
  'format',
  'suspended_at',
  'missing_because',
  'file',
  'virtual_bytes',
  'system',
] as const;

/** The plan for an image by name or id, from one statement for the image and one for all pools; null when there is none. */
export async function planFor(
  reader: Reader,
  source: PlanSource,
  image: string | number,
  revision: { readonly id: number } | { readonly number: number } | null = null,
): Promise<Plan | null> {
  const condition = typeof image === 'string' ? 'i.name = ?' : 'i.id = ?';
  const bindings = [...(revision === null ? [] : Object.values(revision)), image];
  const [plan] = await readPlans(reader, source, { join: joinOf(revision), condition, bindings });
  return plan ?? null;
}

/** The plans for these images, by id: as many statements for a thousand as for one. */
export async function plansFor(
  reader: Reader,
  source: PlanSource,
  imageIds: readonly number[],
): Promise<Map<number, Plan>> {
  if (imageIds.length === 0) return new Map();
  const condition = `i.id IN (${marks(imageIds)})`;
  const plans = await readPlans(reader, source, { join: joinOf(null), condition, bindings: imageIds });
  return new Map(plans.map((plan) => [plan.image.id, plan]));
}

interface ImageQuery {
  readonly join: string;
  readonly condition: string;
  readonly bindings: readonly (string | number)[];
}

async function readPlans(reader: Reader, source: PlanSource, query: ImageQuery): Promise<Plan[]> {
  const columns = revisionColumns.map((column) => `v.${column} AS v_${column}`).join(', ');
  const rows = await reader.rows<ImageAndRevision>(
    `SELECT i.*, ${imageGroups}, ${othersOf}, ${columns} FROM images i LEFT JOIN image_revisions v ON ${query.join}
       WHERE i.deleted_at IS NULL AND ${query.condition}`,
    query.bindings,
  );
  const found = rows.map((image) => ({
    image,
    revision: isFit(image) ? revisionOf(image) : null,
  }));
  const all = found.some(({ revision }) => revision) ? await allPools(reader, source.owner) : [];
  const served = found.map((each) => ({ ...each, ...poolsFor(all, source, each.revision) }));
  const times = await timesOf(reader, source, served);
  return served.map(({ image, revision, pools, ownDisks }) => ({
    image,
    revision,
    others: Number(image.others ?? 0),
    missing: image.v_missing_because === null ? null : missingFile,
    disarmed: pools.length > 0 && pools.every(({ armed }) => armed === 0),
    ownDisks,
    newestNode: Math.max(0, ...pools.map((pool) => pool.newest_node ?? 0)),
    ...byPool(pools, times.get(image.id) ?? noTimes()),
  }));
}

/** Small: an index of few rows. */
const othersOf = '(SELECT SUM(m.machines) FROM image_members m WHERE m.image_id = i.id) AS others';

function isFit(row: ImageAndRevision): boolean {
  return row.v_id !== null && row.v_suspended_at === null && row.v_missing_because === null;
}

const missingFile =
  'The image file of this environment is missing on the server: its administrators are told, and have to put it back.';

/** What is production, or the revision that was asked for, if it can be loaded. */
function joinOf(revision: { id: number } | { number: number } | null): string {
  if (revision === null) return 'v.id = i.production_revision_id';
  const column = 'id' in revision ? 'id' : 'number';
  return `v.image_id = i.id AND v.${column} = ? AND v.ready_at IS NOT NULL AND v.deleted_at IS NULL`;
}

function revisionOf(row: ImageAndRevision): RevisionRow {
  return Object.fromEntries(
    revisionColumns.map((column) => [column, row[`v_${column}`]]),
  ) as unknown as RevisionRow;
}

/** Pools whose module loads the revision's format, and that have a machine which can start it. */
function poolsFor(all: readonly PoolAndNodes[], { descriptors }: PlanSource, revision: RevisionRow | null) {
  if (!revision) return { pools: [], ownDisks: null };
  const able = all.filter((pool) => descriptors[pool.module]?.formats.includes(revision.format));
  const ownDisks = ownDisksOf(able, descriptors, JSON.parse(revision.system) as StartFacts);
  return { pools: able.filter((pool) => hasMachineFor(pool, ownDisks)), ownDisks };
}

const poolsFreshFor = 2_000;
const poolsKnown = new WeakMap<object, { at: number; pools: PoolAndNodes[] }>();

/** Pools change seldom; a pool that is new for two seconds costs nothing, one that went has no nodes to book. */
async function allPools(reader: Reader, owner: object): Promise<PoolAndNodes[]> {
  const cached = poolsKnown.get(owner);
  if (cached && reader.now >= cached.at && reader.now - cached.at < poolsFreshFor) return cached.pools;
  const pools = await reader.rows<PoolAndNodes>(
    `SELECT p.*, (SELECT MAX(n.id) FROM nodes n WHERE n.pool_id = p.id) AS newest_node, (SELECT GROUP_CONCAT(DISTINCT h.firmware)
        FROM node_hardware h JOIN nodes m ON m.id = h.node_id WHERE m.pool_id = p.id) AS firmwares, l.armed FROM pools p JOIN places l ON l.id = p.place_id`,
  );
  poolsKnown.set(owner, { at: reader.now, pools });
  return pools;
}

type Times = Pick<Plan, 'lead' | 'turnover'> & { readonly leads: Map<number, number> };

/** How long each image takes to load and to clean up, the longest over its pools. */
async function timesOf(
  reader: Reader,
  source: PlanSource,
  served: readonly { readonly image: { readonly id: number }; readonly pools: readonly PoolRow[] }[],
): Promise<Map<number, Times>> {
  const asked = served.flatMap(({ image, pools }) =>
    pools.flatMap((pool) => {
      const descriptor = source.descriptors[pool.module];
      const steps = ['load', 'reclaim'] as const;
      return descriptor
        ? steps.map((step) => ({ descriptor, imageId: image.id, poolId: pool.id, step }))
        : [];
    }),
  );
  const times = new Map<number, Times>();
  for (const [index, { p95 }] of (await estimates(reader, source.owner, asked)).entries()) {
    const { imageId, poolId, step } = asked[index] ?? { imageId: 0, poolId: 0, step: 'load' };
    const { leads, lead, turnover } = times.get(imageId) ?? noTimes();
    if (step === 'load') leads.set(poolId, p95);
    times.set(imageId, {
      leads,
      lead: step === 'load' ? Math.max(lead, p95) : lead,
      turnover: step === 'reclaim' ? Math.max(turnover, p95) : turnover,
    });
  }
  return times;
}

const noTimes = (): Times => ({ leads: new Map(), lead: 0, turnover: 0 });

function byPool(pools: readonly PoolRow[], times: Times): Times & Pick<Plan, 'poolIds'> {
  const leadOf = (id: number) => times.leads.get(id) ?? 0;
  return { ...times, poolIds: pools.map(({ id }) => id).toSorted((a, b) => leadOf(a) - leadOf(b)) };
}

/** What a node must be, to serve the plan. */
export function wantOf(plan: Plan, startsNow: boolean, exceptNodes: readonly number[] = []): Want {
  const { image, revision, ownDisks } = plan;
  return {
    imageId: image.id,
    cpus: image.cpus,
    memoryMb: image.memory_mb,
    diskMb: Math.max(image.disk_mb, Math.ceil(Number(revision?.virtual_bytes ?? 0) / 1024 ** 2)),
    poolIds: plan.poolIds,
    newestNode: plan.newestNode,
    revisionId: revision?.id ?? null,
    startsNow,
    exceptNodes,
    ownDisks,
  };
}

/**
 * What is promised and what is held. Now: the minutes count from *ready*, and the hold includes the load; later: the load
 * comes before the start. A lead under a minute counts as nothing (design, section 3).
 */
export function windows(plan: Plan, start: number, minutes: number, startsNow: boolean) {
  const lead = plan.lead < minute ? 0 : plan.lead;
  const end = start + minutes * minute + (startsNow ? lead : 0);
  const hold = (loaded: boolean): Window =>
    holdWindow(start, end, startsNow || loaded ? 0 : plan.lead, plan.turnover);
  return { start, end, hold };
}
