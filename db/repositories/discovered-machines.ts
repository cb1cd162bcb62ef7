import type { SeenMachine } from '../../src/domain/contracts/bare-metal.ts';
import type { Tx } from '../transaction.ts';

interface KeptRow {
  id: number;
  mac: string;
  last_at: number;
}

/**
 * Lets a pool's discovered machines be those that were seen and are no nodes, in place of those before; whoever was told to be
 * ignored stays so. Returns the addresses of new ones.
 */
export async function keepSeen(tx: Tx, poolId: number, seen: readonly SeenMachine[]): Promise<string[]> {
  const nodes = await tx.rows<{ mac: string }>('SELECT mac FROM nodes');
  const known = new Set(nodes.map(({ mac }) => mac));
  const kept = await tx.rows<KeptRow>('SELECT id, mac, last_at FROM discovered_machines WHERE pool_id = ?', [
    poolId,
  ]);
  const before = new Map(kept.map((row) => [row.mac, row]));
  const strangers = seen.filter(({ mac }) => !known.has(mac));
  for (const machine of strangers) {
    const row = before.get(machine.mac);
    before.delete(machine.mac);
    if (row && Number(row.last_at) === machine.lastAt) continue;
    const now = { last_at: machine.lastAt, times: machine.times };
    if (row) await tx.table('discovered_machines').where({ id: row.id }).update(now);
    else await add(tx, poolId, machine, now);
  }
  const gone = [...before.values()].map(({ id }) => id);
  if (gone.length > 0) await tx.table('discovered_machines').whereIn('id', gone).delete();
  const had = new Set(kept.map(({ mac }) => mac));
  return strangers.flatMap(({ mac }) => (had.has(mac) ? [] : [mac]));
}

async function add(tx: Tx, poolId: number, { mac, firstAt }: SeenMachine, now: object): Promise<void> {
  await tx.table('discovered_machines').insert({ pool_id: poolId, mac, first_at: firstAt, ...now });
}

/** From now on it is not shown among those that wait for a name, or is again. False when it is gone. */
export async function ignoreDiscovered(tx: Tx, id: number, ignored: boolean): Promise<boolean> {
  const at = ignored ? tx.now : null;
  return (await tx.change('UPDATE discovered_machines SET ignored_at = ? WHERE id = ?', [at, id])) === 1;
}
