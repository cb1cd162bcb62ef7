import { lastLoadTimes } from '../../../db/repositories/load-times.ts';
import type { Reader } from '../../../db/transaction.ts';
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
 * How long a step takes for an image in a pool: measured P50 and P95, and until ten were measured what the module declares
 * (design, section 3). Kept for five seconds per `owner`: nothing decides on it but a forecast.
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
  const fresh = times.length >= enough ? percentiles(times) : declared(descriptor, want.step);
  cache.set(key, { at: reader.now, estimate: fresh });
  return fresh;
}

function declared(descriptor: ModuleDescriptor, step: MeasuredStep): Estimate {
  if (step === 'handover') return { p50: 500, p95: 2_000 };
  const { loadSeconds, reclaimSeconds } = descriptor.estimates;
  const milliseconds = (step === 'reclaim' ? reclaimSeconds : loadSeconds) * 1000;
  return { p50: milliseconds, p95: milliseconds * 1.5 };
}

/** P50 and P95 by nearest rank. */
export function percentiles(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}
