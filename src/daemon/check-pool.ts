import { hardwareFacts, nodeFacts } from '../../db/facts.ts';
import { hardwareRows } from '../../db/queries/node-hardware.ts';
import type { NodeRow, PoolRow } from '../../db/rows.ts';
import { reading } from '../../db/transaction.ts';
import type { PoolCheck } from '../domain/contracts/provisioning.ts';
import type { CheckedPool } from '../domain/contracts/state.ts';
import { ModuleError } from '../domain/errors.ts';
import type { DaemonDeps } from './deps.ts';
import { poolDirectory } from './machine-context.ts';

/** Lets a pool's module try it out; null when the pool is gone. Settings that the module no longer takes are an answer, too. */
export async function checkPool(
  deps: DaemonDeps,
  poolId: number,
  signal: AbortSignal,
): Promise<CheckedPool | null> {
  const { pool, nodes, hardware } = await reading(deps.db, async (reader) => ({
    pool: (await reader.rows<PoolRow>('SELECT * FROM pools WHERE id = ?', [poolId]))[0],
    nodes: await reader.rows<NodeRow>('SELECT * FROM nodes WHERE pool_id = ? ORDER BY id', [poolId]),
    hardware: await hardwareRows(reader, poolId),
  }));
  if (!pool) return null;
  const { name, version } = pool;
  const module = deps.provisioning[pool.module];
  if (!module) throw new ModuleError('unsupported', `There is no provisioning module "${pool.module}".`);
  const settings = module.settings.safeParse(JSON.parse(pool.settings));
  if (!settings.success) return { name, version, checks: settings.error.issues.map(wrongSetting) };
  const checks = await module.check_pool({
    installation: deps.installation,
    directory: poolDirectory(deps, pool.id),
    settings: settings.data,
    signal,
    reach: pool.reach,
    nodes: nodes.map((row) => {
      const own = hardware.get(row.id);
      return { ...nodeFacts(row), hardware: own ? hardwareFacts(own, deps.cipher.open) : null };
    }),
  });
  return { name, version, checks };
}

function wrongSetting({ path, message }: { path: PropertyKey[]; message: string }): PoolCheck {
  const name = path.join('.');
  const says = `The setting ${name}: ${message}.`;
  return { name, result: 'wrong', says, mend: 'Change it on the page of the pool.' };
}
