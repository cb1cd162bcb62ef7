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
 * `reclaim`: until it is clean again.
 */
export type MeasuredStep = 'load' | 'ready' | 'handover' | 'reclaim';

const enough = 10;
const freshFor = 5_000;
const known = new WeakMap<object, Map<string, { at: number; estimate: Estimate }>>();

/**
 * How long a step takes for an image in a pool: measured P50 and P95. Of fewer than ten it is the median, and the slowest
 * with half as much again; of none, what the module declares for such a system (docs/adr/0007). Kept for five seconds per
 * `owner`: nothing decides on it but a forecast.
 */
export async function estimate(
  reader: Reader,
  owner: object,
  descriptor: ModuleDescriptor,
  want: { imageId: number; poolId: number; step: MeasuredStep },
): Promise<Estimate> {
  const cache = known.get(owner) ?? new Map<string, { at: number; estimate: Estimate }>();
  known.set(owner, cache);
  const key = `${want.imageId}:${want.poolId}:${want.step}`;
  const cached = cache.get(key);
  if (cached && reader.now - cached.at >= 0 && reader.now - cached.at < freshFor) return cached.estimate;
  const times = await lastLoadTimes(reader, want.imageId, want.poolId, want.step);
  const fresh = times.length > 0 ? measured(times) : await declared(reader, descriptor, want);
  cache.set(key, { at: reader.now, estimate: fresh });
  return fresh;
}

async function declared(
  reader: Reader,
  { estimates }: ModuleDescriptor,
  { step, imageId }: { step: MeasuredStep; imageId: number },
): Promise<Estimate> {
  if (step === 'handover') return { p50: 500, p95: 2_000 };
  const seconds =
    step === 'reclaim' ? estimates.reclaimSeconds : estimates.loadSeconds(await systemOf(reader, imageId));
  return { p50: seconds * 1000, p95: seconds * 1500 };
}

/** What is known of the system that would be loaded. */
async function systemOf(reader: Reader, imageId: number): Promise<SystemFacts> {
  const [row] = await reader.rows<{ system: string }>(
    'SELECT r.system FROM images i JOIN image_revisions r ON r.id = i.production_revision_id WHERE i.id = ?',
    [imageId],
  );
  return JSON.parse(row?.system ?? '{}') as SystemFacts;
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
