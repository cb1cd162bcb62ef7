import { marks } from '../../../db/marks.ts';
import { lastLoadTimes } from '../../../db/repositories/load-times.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { SystemFacts } from '../../domain/contracts/facts.ts';
import type { ModuleDescriptor } from '../../domain/contracts/provisioning.ts';

/** Milliseconds: usually (P50) and nearly always (P95). */
export interface Estimate {
  readonly p50: number;
  readonly p95: number;
}

/**
 * `load`: until the machine answers. `ready`: until its person may connect, with a load; `handover`: without one.
 * `reclaim`: until it is clean again. `seat`: of a class, from when its load was due until it was ready, with its turn among the others.
 */
export type MeasuredStep = 'load' | 'ready' | 'handover' | 'reclaim' | 'seat';

const enough = 10;
const freshFor = 5_000;
const known = new WeakMap<object, Map<string, { at: number; estimate: Estimate }>>();

/** A step of an image in a pool, whose module is described by `descriptor`. */
export interface Estimated {
  readonly descriptor: ModuleDescriptor;
  readonly imageId: number;
  readonly poolId: number;
  readonly step: MeasuredStep;
  /** Of this model of machine where it was measured often enough, else of all machines of the pool. */
  readonly model?: string;
}

/**
 * How long steps take, in the order asked: measured P50 and P95. Of fewer than ten it is the median, and the slowest with half
 * as much again; of none, what the module declares for such a system (docs/adr/0007). Kept for five seconds per `owner`: nothing
 * decides on it but a forecast. The number of statements does not grow with how many are asked for.
 */
export async function estimates(
  reader: Reader,
  owner: object,
  asked: readonly Estimated[],
): Promise<Estimate[]> {
  const cache = known.get(owner) ?? new Map<string, { at: number; estimate: Estimate }>();
  known.set(owner, cache);
  const fresh = (want: Estimated) => {
    const cached = cache.get(keyOf(want));
    return cached && reader.now >= cached.at && reader.now - cached.at < freshFor ? cached.estimate : null;
  };
  const missing = asked.filter((want) => fresh(want) === null);
  for (const { want, estimate } of await measure(reader, missing))
    cache.set(keyOf(want), { at: reader.now, estimate });
  return asked.flatMap((want) => fresh(want) ?? []);
}

function keyOf({ imageId, poolId, step, model = '' }: Estimated): string {
  return `${imageId}:${poolId}:${step}:${model}`;
}

interface Measured {
  readonly want: Estimated;
  readonly estimate: Estimate;
}

async function measure(reader: Reader, asked: readonly Estimated[]): Promise<Measured[]> {
  const times = await timesOf(reader, asked);
  const systems = await systemsOf(
    reader,
    asked.filter((want, index) => times[index]?.length === 0 && want.step !== 'reclaim'),
  );
  return asked.map((want, index) => {
    const taken = times[index] ?? [];
    const system = systems.get(want.imageId) ?? {};
    return { want, estimate: taken.length > 0 ? measured(taken) : declared(want, system) };
  });
}

/** Of the model where there are enough to tell it apart. */
async function timesOf(reader: Reader, asked: readonly Estimated[]): Promise<number[][]> {
  const ofPool = asked.map(({ imageId, poolId, step }) => ({ imageId, poolId, step }));
  const known = asked.filter(({ model }) => model);
  const times = await lastLoadTimes(reader, [...ofPool, ...known]);
  return asked.map((want, index) => {
    const ofModel = times[asked.length + known.indexOf(want)] ?? [];
    return want.model && ofModel.length >= enough ? ofModel : (times[index] ?? []);
  });
}

function declared({ descriptor, step }: Estimated, system: SystemFacts): Estimate {
  if (step === 'handover') return { p50: 500, p95: 2_000 };
  const { reclaimSeconds, loadSeconds } = descriptor.estimates;
  const seconds = step === 'reclaim' ? reclaimSeconds : loadSeconds(system);
  return { p50: seconds * 1000, p95: seconds * 1500 };
}

/** What is known of the systems that would be loaded, by image. */
async function systemsOf(reader: Reader, of: readonly Estimated[]): Promise<Map<number, SystemFacts>> {
  const ids = [...new Set(of.map((want) => want.imageId))];
  if (ids.length === 0) return new Map();
  const rows = await reader.rows<{ id: number; system: string }>(
    `SELECT i.id, r.system FROM images i JOIN image_revisions r ON r.id = i.production_revision_id
       WHERE i.id IN (${marks(ids)})`,
    ids,
  );
  return new Map(rows.map((row) => [row.id, JSON.parse(row.system) as SystemFacts]));
}

/** Fewer than ten say little of how slow it can be. */
function measured(times: readonly number[]): Estimate {
  const { p50, p95 } = percentiles(times);
  return { p50, p95: times.length < enough ? Math.max(...times) * 1.5 : p95 };
}

/** P50 and P95 by nearest rank. */
export function percentiles(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
