import { countDemand, forgetAims, keepAims, stopAheadOn } from '../../db/repositories/prediction.ts';
import type { Tx } from '../../db/transaction.ts';
import type { PredictionWriter } from '../domain/contracts/prediction.ts';

/** What a state module may change of what is predicted, bound to one transaction. */
export function predictionWriter(tx: Tx): PredictionWriter {
  return {
    countDemand: () => countDemand(tx),
    keepAims: (aims) => keepAims(tx, aims),
    forgetAims: (nodeIds) => forgetAims(tx, nodeIds),
    stopAhead: (nodeId, imageId) => stopAheadOn(tx, nodeId, imageId),
  };
}
