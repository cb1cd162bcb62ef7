import { type LoadSlots, takeTurn } from '../../db/repositories/load-turns.ts';
import { type Claim, holdLease } from '../../db/repositories/task-claims.ts';
import type { TaskRow } from '../../db/repositories/tasks.ts';
import type { PoolRow } from '../../db/rows.ts';
import { inTransaction } from '../../db/transaction.ts';
import type { ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { Situation } from '../domain/contracts/situation.ts';
import type { DaemonDeps } from './deps.ts';
import { LostLease } from './lost-lease.ts';
import { stateWriter } from './state-writer.ts';

interface Run {
  readonly row: TaskRow;
  readonly claim: Claim;
}

/** What `StateContext.loadTurn` promises. That it waits is progress too: pages say how many are before it. */
export async function loadTurn(deps: DaemonDeps, run: Run, { pool }: Situation): Promise<number | null> {
  const module = pool && deps.provisioning[pool.module];
  if (!module) return null;
  return await inTransaction(deps.db, async (tx) => {
    if (!(await holdLease(tx, run.row.id, run.claim))) throw new LostLease();
    const [row] = await tx.rows<PoolRow>('SELECT * FROM pools WHERE id = ?', [pool.id]);
    const slots = row ? slotsOf(deps, module, row) : null;
    if (slots === null) return null;
    const { ahead, changed } = await takeTurn(tx, run.row.id, slots);
    if (ahead !== null && changed)
      await stateWriter(tx, deps, run.row).event('progress', { step: 'waiting for its turn', ahead });
    return ahead;
  });
}

/** Null: there is nothing that could be overloaded. */
function slotsOf(deps: DaemonDeps, module: ProvisioningModule, pool: PoolRow): LoadSlots | null {
  const settings: unknown = module.settings.parse(JSON.parse(pool.settings));
  const atOnce = module.loadsAtOnce?.(settings) ?? null;
  if (atOnce !== null) return { of: 'pool', id: pool.id, atOnce };
  return module.simulated ? null : { of: 'host', id: deps.placeId, atOnce: deps.bootSlots };
}
