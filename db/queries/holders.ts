import type { Window } from '../../src/domain/time.ts';
import { fits, type Want } from '../repositories/want.ts';
import type { Reader } from '../transaction.ts';

/** Why a machine cannot be had in a window: what its hold is for, or the state that it is in. */
export type HeldFor = 'people' | 'class' | 'maintenance' | 'closed' | 'service' | 'out-of-order';

/** No more machines than this are looked at: beyond, the answer is what is so of most. */
export const mostLookedAt = 400;

/** Machines that could serve the want at some time, by what keeps them from the window; those that nothing keeps count as `free`. */
export async function holders(
  reader: Reader,
  want: Want,
  { from, until }: Window,
): Promise<Map<HeldFor | 'free', number>> {
  if (want.poolIds.length === 0) return new Map();
  const fit = fits(want);
  // holds of a node do not overlap: of those that begin before the end, the last is the one that lasts into the window
  const purpose = `(SELECT CASE WHEN a.hold_until > ? THEN a.purpose END FROM allocations a
    WHERE a.node_id = n.id AND a.released_at IS NULL AND a.hold_from < ? ORDER BY a.hold_from DESC LIMIT 1)`;
  // who is out for a maintenance window is back for what begins after it
  const out = want.startsNow ? 'n.out_for IS NOT NULL' : 'n.out_for IS NOT NULL AND n.out_window_id IS NULL';
  const state = `CASE WHEN ${out} THEN 'maintenance' WHEN n.out_window_id IS NOT NULL THEN 'available' ELSE n.state END`;
  const rows = await reader.rows<{ purpose: string | null; state: string; n: number }>(
    `SELECT purpose, state, COUNT(*) AS n FROM (
       SELECT ${state} AS state, ${purpose} AS purpose
         FROM nodes n WHERE n.state NOT IN ('host', 'deprovisioning') AND ${fit.sql} LIMIT ${mostLookedAt}) looked
       GROUP BY purpose, state`,
    [from, until, ...fit.bindings],
  );
  const counts = new Map<HeldFor | 'free', number>();
  for (const row of rows) {
    const why = reasonOf(row.purpose, row.state, want.startsNow);
    counts.set(why, (counts.get(why) ?? 0) + Number(row.n));
  }
  return counts;
}

const byPurpose: Readonly<Record<string, HeldFor>> = {
  reservation: 'people',
  offer: 'people',
  block: 'class',
  maintenance: 'maintenance',
  schedule: 'closed',
  service: 'service',
};

function reasonOf(purpose: string | null, state: string, startsNow: boolean): HeldFor | 'free' {
  if (state === 'maintenance') return 'maintenance';
  if (state === 'failed') return 'out-of-order';
  if (purpose !== null) return byPurpose[purpose] ?? 'service';
  // given back and not clean yet: somebody's a moment ago
  return startsNow && state !== 'available' && state !== 'reloading' ? 'people' : 'free';
}
