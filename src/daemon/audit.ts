import { eventsKept } from '../../db/repositories/events.ts';
import { materialiseHorizon } from '../../db/repositories/occupancy.ts';
import { auditOccupancy } from '../../db/repositories/occupancy-audit.ts';
import { keepSchedule } from '../../db/repositories/schedules.ts';
import { auditOffers } from '../../db/repositories/waiters.ts';
import { inSnapshot, inTransaction, type Tx } from '../../db/transaction.ts';
import { day } from '../domain/time.ts';
import { carryServers } from '../services/servers/carry.ts';
import type { DaemonDeps } from './deps.ts';

const keysKept = day;
const sparse = 10;

/**
 * Carries the booking horizon forward, removes what is kept for a time only, and recomputes the bits from the allocations.
 * Returns the differences in words; none means that the books are right.
 */
export async function auditBooks(deps: DaemonDeps): Promise<string[]> {
  const nodes = await inTransaction(deps.db, (tx) =>
    tx.rows<ScheduledNode>('SELECT id, schedule_id FROM nodes'),
  );
  for (let first = 0; first < nodes.length; first += sparse) {
    await inTransaction(deps.db, (tx) => carryForward(tx, nodes.slice(first, first + sparse)));
  }
  await carryServers(deps);
  await inTransaction(deps.db, removeOld);
  return inSnapshot(deps.db, async (reader) => {
    const differences = await auditOccupancy(reader, Math.floor(reader.now / day));
    const bits = differences.map((found) => `node ${found.nodeId} on day ${found.day}`);
    return [...bits, ...(await auditOffers(reader))];
  });
}

interface ScheduledNode {
  readonly id: number;
  readonly schedule_id: number | null;
}

/** New days are closed, where they are to be, before anybody can book them. */
async function carryForward(tx: Tx, nodes: readonly ScheduledNode[]): Promise<void> {
  await materialiseHorizon(
    tx,
    nodes.map(({ id }) => id),
  );
  for (const { id, schedule_id: schedule } of nodes) if (schedule !== null) await keepSchedule(tx, id);
}

async function removeOld(tx: Tx): Promise<void> {
  // what is still held is given back later: only empty days go
  await tx
    .table('occupancy')
    .where('day', '<', Math.floor(tx.now / day) - 1)
    .andWhere({ am: 0, pm: 0 })
    .delete();
  for (const [retention, kept] of Object.entries(eventsKept)) {
    if (kept === null) continue;
    await tx
      .table('events')
      .where({ retention })
      .andWhere('at', '<', tx.now - kept)
      .delete();
  }
  await tx
    .table('idempotency_keys')
    .where('created_at', '<', tx.now - keysKept)
    .delete();
}
