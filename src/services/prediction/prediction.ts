import { addEvent } from '../../../db/repositories/events.ts';
import { predictionState, setPaused } from '../../../db/repositories/prediction.ts';
import { inTransaction, reading, type Tx } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { wakePlaces } from '../closings/wake.ts';
import type { ServiceDeps } from '../deps.ts';
import type { PredictionServices } from '../prediction-services.ts';
import type { SignedIn } from '../views.ts';
import { predictionView } from './read.ts';

const mostSpares = 1_000;

/** Loading machines before anybody asks: what is so, and the switches. */
export function predictionServices(deps: ServiceDeps): PredictionServices {
  /** Those who look after places look at it at once. */
  const change = async (me: SignedIn, work: (tx: Tx) => Promise<void>) => {
    if (!may(me, 'node.manage')) throw new LabError('not-allowed');
    await inTransaction(deps.db, async (tx) => {
      await work(tx);
      await wakePlaces(tx, 'preload');
    });
  };
  return {
    async prediction(me) {
      if (!may(me, 'node.read')) throw new LabError('not-allowed');
      return reading(deps.db, (reader) => predictionView(reader, deps));
    },
    pausePrediction: (me, paused) =>
      change(me, async (tx) => {
        const { pausedAt } = await predictionState(tx);
        if ((pausedAt !== null) === paused) return;
        await setPaused(tx, paused ? tx.now : null);
        await addEvent(tx, { kind: paused ? 'prediction.paused' : 'prediction.resumed', actorId: me.id });
      }),
    setPredictive: (me, poolId, module) =>
      change(me, async (tx) => {
        if (!Object.hasOwn(deps.predictive, module))
          throw invalid('module', `One of ${Object.keys(deps.predictive).join(', ')}.`);
        const [pool] = await tx.rows<{ name: string }>('SELECT name FROM pools WHERE id = ?', [poolId]);
        if (!pool) throw new LabError('not-found');
        await tx.table('pools').where({ id: poolId }).update({ predictive: module });
        const data = { pool: pool.name, module };
        await addEvent(tx, { kind: 'prediction.module', actorId: me.id, data });
      }),
    setSpares: (me, image, spares) =>
      change(me, async (tx) => {
        if (!Number.isInteger(spares) || spares < 0 || spares > mostSpares)
          throw invalid('spares', `A whole number from 0 to ${mostSpares}.`);
        const found = await tx.change(
          'UPDATE images SET warm_spares = ? WHERE name = ? AND deleted_at IS NULL',
          [spares, image],
        );
        if (found === 0) throw new LabError('image.unknown');
        await addEvent(tx, { kind: 'prediction.spares', actorId: me.id, data: { image, spares } });
      }),
  };
}
