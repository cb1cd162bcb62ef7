import { addEvent } from '../../../db/repositories/events.ts';
import { addPool, findPool } from '../../../db/repositories/installation.ts';
import { inTransaction, isDuplicate, type Reader, reading } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { NewPool, Once } from '../services.ts';
import type { PoolChoicesView, SignedIn } from '../views.ts';
import { checkedSettings, settingsOf } from './pool-settings.ts';
import { checkIdleRules, nameTaken } from './pools.ts';

/** What a pool can be made of: real machines first. */
export async function poolChoices(deps: ServiceDeps, me: SignedIn): Promise<PoolChoicesView> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  const modules = Object.values(deps.descriptors).map(({ id, title, simulated = false }) => {
    return { id, title, simulated, settings: settingsOf(deps, id, {}) };
  });
  const places = await reading(deps.db, placesOf);
  return {
    modules: modules.toSorted((a, b) => Number(a.simulated) - Number(b.simulated)),
    places: places.map(({ name }) => name),
  };
}

function placesOf(reader: Reader): Promise<{ id: number; name: string }[]> {
  return reader.rows('SELECT id, name FROM places ORDER BY id');
}

/** Makes a pool without nodes; its settings are whole, or nothing is made. */
export async function createPool(
  deps: ServiceDeps,
  me: SignedIn,
  pool: NewPool,
  once: Once = {},
): Promise<number> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  checkIdleRules(pool);
  const settings = checkedSettings(deps, pool.module, pool.settings ?? {});
  const { name, module, reach = 'none' } = pool;
  return inTransaction(deps.db, async (tx) => {
    const { id } = await doOnce(tx, me, once, ['create-pool', JSON.stringify(pool)], async () => {
      if ((await findPool(tx, name)) !== null) throw nameTaken();
      const placeId = await placeIn(tx, pool.place);
      const made = await addPool(tx, { name, module, reach, placeId, settings, idle: pool });
      await addEvent(tx, { kind: 'pool-added', actorId: me.id, data: { pool: name } });
      return made;
    });
    return id;
  }).catch((error: unknown) => {
    throw isDuplicate(error) ? nameTaken() : error;
  });
}

async function placeIn(reader: Reader, name: string | undefined): Promise<number> {
  const places = await placesOf(reader);
  const [only] = places;
  if (name === undefined && only && places.length === 1) return only.id;
  const found = places.find((place) => place.name === name);
  if (found) return found.id;
  throw invalid('place', `must be one of ${places.map((place) => place.name).join(', ')}.`);
}
