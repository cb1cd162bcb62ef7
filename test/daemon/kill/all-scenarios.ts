import { blockScenarios, slowBlockScenarios } from './block-scenarios.ts';
import { captureScenarios, slowCaptureScenarios } from './capture-scenarios.ts';
import { closingScenarios, slowClosingScenarios } from './closing-scenarios.ts';
import { clusterScenarios } from './cluster-scenarios.ts';
import { holdScenarios } from './hold-scenarios.ts';
import { invitationScenarios } from './invitation-scenarios.ts';
import { metalScenarios, troubledMetalScenarios } from './metal-scenarios.ts';
import { powerScenarios, slowPowerScenarios } from './power-scenarios.ts';
import { predictionScenarios } from './prediction-scenarios.ts';
import { dirtyDiskScenarios, type Scenario, scenarios } from './scenarios.ts';
import { serverScenarios } from './server-scenarios.ts';
import { slowWaitingScenarios, waitingScenarios } from './waiting-scenarios.ts';

/** Those of `npm test`: every state module is among them. */
export const usualScenarios: readonly Scenario[] = [
  ...scenarios,
  ...holdScenarios,
  ...closingScenarios,
  ...metalScenarios,
  ...captureScenarios,
  ...blockScenarios,
  ...waitingScenarios,
  ...powerScenarios,
];

/** For the full tests. */
export const slowScenarios: readonly Scenario[] = [
  ...dirtyDiskScenarios,
  ...troubledMetalScenarios,
  ...slowClosingScenarios,
  ...slowCaptureScenarios,
  ...slowBlockScenarios,
  ...slowWaitingScenarios,
  ...invitationScenarios,
  ...predictionScenarios,
  ...clusterScenarios,
  ...serverScenarios,
  ...slowPowerScenarios,
];
