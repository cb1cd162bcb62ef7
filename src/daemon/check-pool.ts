import { hardwareFacts, nodeFacts } from '../../db/facts.ts';
import { hardwareRows } from '../../db/queries/node-hardware.ts';
import { watchedNetworks } from '../../db/repositories/pool-networks.ts';
import type { NodeRow, PoolRow } from '../../db/rows.ts';
import { reading } from '../../db/transaction.ts';
import type { PoolCheck, ProvisioningModule } from '../domain/contracts/provisioning.ts';
import type { PoolCheckContext } from '../domain/contracts/provisioning-context.ts';
import type { CheckedNetwork, CheckedPool } from '../domain/contracts/state.ts';
import { ModuleError } from '../domain/errors.ts';
import type { DaemonDeps } from './deps.ts';
import { poolDirectory } from './machine-context.ts';

/** Lets a pool's module try it out; null when the pool is gone. Settings that the module no longer takes are an answer, too. */
export async function checkPool(
  deps: DaemonDeps,
  poolId: number,
  signal: AbortSignal,
): Promise<CheckedPool | null> {
  const found = await findPool(deps, poolId, signal);
  if (!found) return null;
  const { name, at, version, module, context } = found;
  const checks = Array.isArray(context) ? context : await module.check_pool(context);
  const ofNetwork = checks.filter(({ part }) => part !== undefined);
  return { name, version, checks, network: module.check_network ? { name, at, checks: ofNetwork } : null };
}

/** The same for the network alone that its machines start from. What keeps it from being checked is an answer, too. */
export async function checkNetwork(
  deps: DaemonDeps,
  poolId: number,
  signal: AbortSignal,
): Promise<CheckedNetwork | null> {
  const found = await findPool(deps, poolId, signal);
  if (!found?.module.check_network) return null;
  const { name, at, module, context } = found;
  if (Array.isArray(context)) return { name, at, checks: context };
  try {
    return { name, at, checks: (await module.check_network?.(context)) ?? [] };
  } catch (error) {
    if (signal.aborted || !(error instanceof ModuleError)) throw error;
    const { message: says } = error;
    const mend = 'Mend that, and check it again.';
    return { name, at, checks: [{ name: 'Imaging network', result: 'wrong', says, mend, part: 'machine' }] };
  }
}

/** Of this place, those that were not checked for as long as they say, or that somebody wants checked now. */
export function dueNetworks(deps: DaemonDeps): Promise<readonly number[]> {
  return reading(deps.db, async (reader) => {
    const pools = await watchedNetworks(reader, deps.placeId);
    return pools.flatMap(({ id, module: name, settings, checkedAt, askedAt }) => {
      const module = deps.provisioning[name];
      if (!module?.networkSeconds) return [];
      const parsed = module.settings.safeParse(JSON.parse(settings));
      const seconds = parsed.success ? module.networkSeconds(parsed.data) : seldom;
      const due = checkedAt === null || checkedAt + seconds * 1000 <= reader.now;
      return due || (askedAt !== null && askedAt >= checkedAt) ? [id] : [];
    });
  });
}

/** For settings that nothing can be read from. */
const seldom = 300;

interface FoundPool {
  readonly name: string;
  /** When it was looked up. */
  readonly at: number;
  readonly version: number;
  readonly module: ProvisioningModule;
  /** What is wrong with its settings, where they are not taken any more. */
  readonly context: PoolCheckContext | PoolCheck[];
}

async function findPool(deps: DaemonDeps, poolId: number, signal: AbortSignal): Promise<FoundPool | null> {
  const { at, pool, nodes, hardware } = await reading(deps.db, async (reader) => ({
    at: reader.now,
    pool: (await reader.rows<PoolRow>('SELECT * FROM pools WHERE id = ?', [poolId]))[0],
    nodes: await reader.rows<NodeRow>('SELECT * FROM nodes WHERE pool_id = ? ORDER BY id', [poolId]),
    hardware: await hardwareRows(reader, poolId),
  }));
  if (!pool) return null;
  const { name, version } = pool;
  const module = deps.provisioning[pool.module];
  if (!module) throw new ModuleError('unsupported', `There is no provisioning module "${pool.module}".`);
  const settings = module.settings.safeParse(JSON.parse(pool.settings));
  if (!settings.success)
    return { name, at, version, module, context: settings.error.issues.map(wrongSetting) };
  const context = {
    installation: deps.installation,
    directory: poolDirectory(deps, pool.id),
    settings: settings.data,
    signal,
    reach: pool.reach,
    nodes: nodes.map((row) => {
      const own = hardware.get(row.id);
      return { ...nodeFacts(row), hardware: own ? hardwareFacts(own, deps.cipher.open) : null };
    }),
  };
  return { name, at, version, module, context };
}

function wrongSetting({ path, message }: { path: PropertyKey[]; message: string }): PoolCheck {
  const name = path.join('.');
  const says = `The setting ${name}: ${message}.`;
  return { name, result: 'wrong', says, mend: 'Change it on the page of the pool.' };
}
