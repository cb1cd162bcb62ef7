import type { Reach } from '../../src/domain/contracts/facts.ts';
import type { IdleRuleChanges } from '../../src/domain/idle-rules.ts';
import { idleColumns } from '../idle-rules.ts';
import type { PoolRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';

/** Changes a pool whose version is still this one; false when it has another by now. */
export async function editedPool(
  tx: Tx,
  id: number,
  version: number,
  change: { name: string; reach: Reach; settings: unknown; idle: IdleRuleChanges },
): Promise<boolean> {
  const { name, reach, settings, idle } = change;
  const changed = await tx
    .table('pools')
    .where({ id, version })
    .update({ name, reach, settings: JSON.stringify(settings), ...idleColumns(idle), version: version + 1 });
  return changed === 1;
}

/** Whoever adds a node to a pool changes this first, as whoever removes the pool does. Null: there is none of that name. */
export async function guardPool(
  tx: Tx,
  name: string,
): Promise<{ readonly id: number; readonly place_id: number; readonly module: string } | null> {
  await tx.change('UPDATE pools SET members_guard = members_guard + 1 WHERE name = ?', [name]);
  return (await tx.rows<PoolRow>('SELECT * FROM pools WHERE name = ?', [name]))[0] ?? null;
}

/** Removes a pool and what was measured of it; the caller rolls back when it had `nodes`. Null: there is no such pool. */
export async function removedPool(
  tx: Tx,
  id: number,
): Promise<{ readonly name: string; readonly version: number; readonly nodes: number } | null> {
  if ((await tx.change('UPDATE pools SET members_guard = members_guard + 1 WHERE id = ?', [id])) !== 1)
    return null;
  const [row] = await tx.rows<PoolRow & { nodes: number }>(
    'SELECT p.*, (SELECT COUNT(*) FROM nodes n WHERE n.pool_id = p.id) AS nodes FROM pools p WHERE p.id = ?',
    [id],
  );
  if (!row) return null;
  await tx.table('load_times').where({ pool_id: id }).delete();
  await tx.table('pools').where({ id }).delete();
  return { name: row.name, version: row.version, nodes: Number(row.nodes) };
}

/** Remembers the task of a pool's last test. */
export async function testedBy(tx: Tx, id: number, taskId: number): Promise<void> {
  await tx.table('pools').where({ id }).update({ test_task_id: taskId });
}
