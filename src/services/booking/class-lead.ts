import { marks } from '../../../db/marks.ts';
import type { PoolRow } from '../../../db/rows.ts';
import type { Reader } from '../../../db/transaction.ts';
import { claimsOpen } from '../../domain/blocks.ts';
import type { ServiceDeps } from '../deps.ts';
import { estimates } from './estimates.ts';
import type { Plan } from './plan.ts';

/**
 * A plan for so many seats of a class: they are loaded when they can be claimed. How long before that they begin is what classes
 * with this environment took in this pool (P95 of the step `seat`, their turns among each other in it), and at least as many rounds
 * of single loads as the pool needs by what its module says.
 */
export async function classPlan(
  reader: Reader,
  deps: Pick<ServiceDeps, 'db' | 'descriptors'>,
  plan: Plan,
  seats: number,
): Promise<Plan> {
  if (plan.poolIds.length === 0) return plan;
  const pools = await reader.rows<PoolRow>(
    `SELECT * FROM pools WHERE id IN (${marks(plan.poolIds)})`,
    plan.poolIds,
  );
  const asked = pools.flatMap((pool) => {
    const descriptor = deps.descriptors[pool.module];
    return descriptor ? [{ descriptor, pool }] : [];
  });
  const took = await estimates(
    reader,
    deps.db,
    asked.map(({ descriptor, pool }) => ({
      ...{ descriptor, imageId: plan.image.id, poolId: pool.id, step: 'seat' as const },
    })),
  );
  const leads = asked.map(({ descriptor, pool }, at) => {
    const atOnce = descriptor.loadsAtOnce?.(descriptor.settings.parse(JSON.parse(pool.settings))) ?? seats;
    const rounds = Math.ceil(seats / Math.max(1, atOnce));
    return Math.max(took[at]?.p95 ?? 0, (plan.leads.get(pool.id) ?? 0) * rounds);
  });
  return { ...plan, lead: claimsOpen + Math.max(0, ...leads) };
}
