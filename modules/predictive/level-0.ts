import type { PredictiveModule } from '../../src/domain/contracts/predictive.ts';
import { spokenFor } from './shared/spoken-for.ts';

/** VCL's Level_0 (vcl.md 4.4). */
export const level0: PredictiveModule = {
  title: 'The same again (VCL level_0)',
  says: 'A machine is loaded with what is booked on it within 50 minutes, else with what it had.',

  predict({ nodes }) {
    return spokenFor(nodes).aims;
  },
};
