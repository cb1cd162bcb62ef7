import { askNetwork } from '../../../db/repositories/pool-networks.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import type { PoolRow } from '../../../db/rows.ts';
import { inTransaction, type Reader, reading } from '../../../db/transaction.ts';
import type { PoolCheck } from '../../domain/contracts/provisioning.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { onChange } from '../reservations/watch.ts';
import type { PoolNetworkView, SignedIn } from '../views.ts';
import { poolRow } from './pools.ts';

/** How long whoever asks waits for what is found, in milliseconds. */
const patience = 20_000;

/** What was found of the network that a pool's machines start from. `not-found` for a pool whose machines start from none. */
export async function poolNetwork(deps: ServiceDeps, me: SignedIn, id: number): Promise<PoolNetworkView> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return reading(deps.db, async (reader) => viewOf(deps, reader, await poolRow(reader, id)));
}

/** Has it checked by the daemon of its place, and answers with what it found, or after 20 s that it is under way. */
export async function checkPoolNetwork(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
): Promise<PoolNetworkView> {
  await poolNetwork(deps, me, id);
  await inTransaction(deps.db, async (tx) => {
    const { place_id: placeId } = await poolRow(tx, id);
    const [place] = await tx.rows<{ armed: number }>('SELECT armed FROM places WHERE id = ?', [placeId]);
    if (place?.armed !== 1) throw new LabError('place.disarmed');
    await askNetwork(tx, id);
    await queueTask(tx, { action: 'watchnetworks', targetType: 'place', targetId: placeId }, { placeId });
  });
  const checked = await onChange(deps.db, patience, async () => {
    const network = await poolNetwork(deps, me, id);
    return network.underWay ? null : network;
  });
  return checked ?? (await poolNetwork(deps, me, id));
}

async function viewOf(deps: ServiceDeps, reader: Reader, row: PoolRow): Promise<PoolNetworkView> {
  const module = deps.descriptors[row.module];
  if (!module?.networkSeconds) throw new LabError('not-found');
  const [place] = await reader.rows<{ name: string }>('SELECT name FROM places WHERE id = ?', [row.place_id]);
  const settings = module.settings.safeParse(JSON.parse(row.settings));
  const time = (value: number | null) => (value === null ? null : Number(value));
  const [checkedAt, askedAt] = [time(row.network_checked_at), time(row.network_asked_at)];
  return {
    pool: { id: row.id, name: row.name },
    place: place?.name ?? '',
    checkedAt,
    underWay: askedAt !== null && (checkedAt === null || askedAt >= checkedAt),
    everySeconds: settings.success ? module.networkSeconds(settings.data) : 0,
    wrongSince: time(row.network_wrong_since),
    checks: networkChecks(row),
  };
}

/** What was found last; none where nothing was. */
export function networkChecks({ network_checks: found }: PoolRow): PoolCheck[] {
  return found === null ? [] : (JSON.parse(found) as PoolCheck[]);
}
