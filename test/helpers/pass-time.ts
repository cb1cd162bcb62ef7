import { auditOccupancy } from '../../db/repositories/occupancy-audit.ts';
import type { AllocationRow } from '../../db/rows.ts';
import { inSnapshot, reading } from '../../db/transaction.ts';
import { dayMasks, floorQuarter, quarter } from '../../src/domain/time.ts';
import type { Lab } from './lab.ts';

/** Lets time pass until then, and wakes the daemon. */
export async function passTo(lab: Lab, at: number): Promise<void> {
  const now = await reading(lab.db, (reader) => Promise.resolve(reader.now));
  lab.db.clockOffset += Math.max(0, at - now);
  lab.db.signals.emit('committed');
}

/**
 * The books are right, no hour is held twice, and the present quarter of every machine that is not clean is taken: by its own
 * hold, or by the booking that waits for it.
 */
export async function checkHolds(lab: Lab): Promise<void> {
  const wrong = await inSnapshot(lab.db, async (reader) => {
    const live = await reader.rows<AllocationRow>('SELECT * FROM allocations WHERE released_at IS NULL');
    const from = floorQuarter(reader.now);
    const [mask] = dayMasks({ from, until: from + quarter });
    const taken = await reader.rows<{ node_id: number }>(
      'SELECT node_id FROM occupancy WHERE day = ? AND (am & ? <> 0 OR pm & ? <> 0)',
      [mask?.day ?? 0, mask?.am ?? 0, mask?.pm ?? 0],
    );
    const open = live.filter(
      (row) => row.state !== 'held' && !taken.some(({ node_id }) => node_id === row.node_id),
    );
    const twice = live.filter((row) => live.some((other) => other.id > row.id && overlap(row, other)));
    return { differences: await auditOccupancy(reader, 0), open, twice };
  });
  if (Object.values(wrong).some((rows) => rows.length > 0))
    throw new Error(`the holds are wrong: ${JSON.stringify(wrong)}`);
}

function overlap(a: AllocationRow, b: AllocationRow): boolean {
  return (
    a.node_id === b.node_id &&
    Number(a.hold_from) < Number(b.hold_until) &&
    Number(b.hold_from) < Number(a.hold_until)
  );
}
