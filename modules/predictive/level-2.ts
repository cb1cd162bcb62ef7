import type { Aim, PredictiveModule } from '../../src/domain/contracts/predictive.ts';
import { spokenFor } from './shared/spoken-for.ts';

/** VCL's Level_2 (vcl.md 4.4): for machines that cost while they run. */
export const level2: PredictiveModule = {
  title: 'Emptied after use (VCL level_2)',
  says: 'A machine is loaded with what is booked on it within 50 minutes, else it is emptied and off after its person.',

  predict({ nodes }) {
    const { aims, others } = spokenFor(nodes);
    const emptied = others.filter(({ busyUntil, holds }) => busyUntil !== null || holds === null);
    return [
      ...aims,
      ...emptied.map(({ id }): Aim => ({ nodeId: id, imageId: null, because: { why: 'empty' } })),
    ];
  },
};
