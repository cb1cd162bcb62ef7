/** Every predictive module. Written by hand; a test holds it against the files beside it. */
import type { PredictiveModule } from '../../src/domain/contracts/predictive.ts';
import { demand } from './demand.ts';
import { level0 } from './level-0.ts';
import { level1 } from './level-1.ts';
import { level2 } from './level-2.ts';

export const predictive = {
  demand,
  level_0: level0,
  level_1: level1,
  level_2: level2,
} satisfies Record<string, PredictiveModule>;
