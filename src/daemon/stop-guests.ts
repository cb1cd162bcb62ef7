import { patchNode } from '../../db/repositories/nodes.ts';
import type { NodeRow } from '../../db/rows.ts';
import { inTransaction, reading } from '../../db/transaction.ts';
import { ModuleError } from '../domain/errors.ts';
import type { DaemonDeps } from './deps.ts';
import { moduleContext } from './gateway-doors.ts';
import { look } from './situation.ts';

/** What was stopped, which reserved machines go on, and which could not be switched. Names of nodes. */
export interface StoppedGuests {
  readonly stopped: readonly string[];
  readonly kept: readonly string[];
  readonly unreached: readonly { readonly name: string; readonly because: string }[];
}

/**
 * Stops the real machines of a place that nobody reserved: they are loaded anew at the next start. With `reserved`, those
 * that somebody has are switched off too, with their disks kept. The daemon must not be running.
 */
export async function stopGuests(deps: DaemonDeps, options: { reserved: boolean }): Promise<StoppedGuests> {
  const nodes = await reading(deps.db, (reader) =>
    reader.rows<NodeRow & { held: number | null }>(
      `SELECT n.*, (SELECT MIN(a.id) FROM allocations a WHERE a.node_id = n.id AND a.released_at IS NULL
          AND a.state IN ('loading', 'ready', 'inuse')) AS held
         FROM nodes n WHERE n.place_id = ? AND n.load_no > 0`,
      [deps.placeId],
    ),
  );
  const stopped: string[] = [];
  const kept: string[] = [];
  const unreached: { name: string; because: string }[] = [];
  for (const node of nodes) {
    const bound = moduleContext(deps, await look(deps, 'node', node.id, 0));
    if (!bound || bound.module.simulated) continue;
    const power = await bound.module.power_status(bound.context);
    const runs = power !== 'off' && power !== 'crashed';
    if (node.held !== null && !options.reserved) {
      if (runs) kept.push(node.name);
      continue;
    }
    // Off though it is said to be: a daemon that was killed leaves what it had not told anybody, and earlier loads.
    try {
      if (node.held === null && bound.module.unload) await bound.module.unload(bound.context);
      else await bound.module.power_off(bound.context);
    } catch (error) {
      if (!(error instanceof ModuleError)) throw error;
      unreached.push({ name: node.name, because: error.message });
      continue;
    }
    const gone = node.held === null ? { revisionId: null, management: null } : {};
    await inTransaction(deps.db, (tx) => patchNode(tx, node.id, { power: 'off', ...gone }));
    if (runs) stopped.push(node.name);
  }
  return { stopped, kept, unreached };
}
