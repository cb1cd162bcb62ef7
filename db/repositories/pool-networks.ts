/** What was found of the networks that pools' machines start from. */
import type { PoolCheck } from '../../src/domain/contracts/provisioning.ts';
import type { PoolRow } from '../rows.ts';
import type { Reader, Tx } from '../transaction.ts';

/** Keeps what a check that began at `at` found; says whether something is wrong now that was not, or the other way round. */
export async function keepNetwork(
  tx: Tx,
  poolId: number,
  checks: readonly PoolCheck[],
  at: number,
): Promise<'broke' | 'mended' | null> {
  const [row] = await tx.rows<Pick<PoolRow, 'network_wrong_since'>>(
    'SELECT network_wrong_since FROM pools WHERE id = ?',
    [poolId],
  );
  if (!row) return null;
  const before = row.network_wrong_since === null ? null : Number(row.network_wrong_since);
  const wrong = checks.some(({ result }) => result === 'wrong');
  const since = wrong ? (before ?? tx.now) : null;
  const found = {
    network_checks: JSON.stringify(checks),
    network_checked_at: at,
    network_wrong_since: since,
  };
  await tx.table('pools').where({ id: poolId }).update(found);
  if (wrong === (before !== null)) return null;
  return wrong ? 'broke' : 'mended';
}

/** Somebody wants it checked now. */
export async function askNetwork(tx: Tx, poolId: number): Promise<void> {
  await tx.table('pools').where({ id: poolId }).update({ network_asked_at: tx.now });
}

export interface WatchedNetwork {
  readonly id: number;
  readonly module: string;
  readonly settings: string;
  readonly checkedAt: number | null;
  readonly askedAt: number | null;
}

/** Every pool of a place, and when its network was checked. */
export async function watchedNetworks(reader: Reader, placeId: number): Promise<WatchedNetwork[]> {
  const rows = await reader.rows<PoolRow>('SELECT * FROM pools WHERE place_id = ? ORDER BY id', [placeId]);
  const time = (value: number | null) => (value === null ? null : Number(value));
  return rows.map(({ id, module, settings, network_checked_at, network_asked_at }) => ({
    ...{ id, module, settings },
    ...{ checkedAt: time(network_checked_at), askedAt: time(network_asked_at) },
  }));
}
