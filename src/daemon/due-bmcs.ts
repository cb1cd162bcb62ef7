import { watchedBmcs } from '../../db/queries/node-hardware.ts';
import { reading } from '../../db/transaction.ts';
import type { DueBmc } from '../domain/contracts/state.ts';
import type { DaemonDeps } from './deps.ts';

/** Of this place, those that were not asked for as long as their pool says: each in its own time, so that they spread. */
export function dueBmcs(deps: DaemonDeps): Promise<readonly DueBmc[]> {
  return reading(deps.db, async (reader) => {
    const rows = await watchedBmcs(reader, deps.placeId);
    return rows.flatMap(({ node_id: nodeId, pool_module, pool_settings, ...row }) => {
      const module = deps.provisioning[pool_module];
      const policy = module?.bmcPolicy?.(module.settings.parse(JSON.parse(pool_settings)));
      if (!policy || (row.bmc_asked_at ?? 0) + policy.everySeconds * 1000 > reader.now) return [];
      return [{ nodeId, silentSince: row.bmc_silent_since }];
    });
  });
}
