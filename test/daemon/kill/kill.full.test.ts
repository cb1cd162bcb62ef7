import { eachEngine } from '../../helpers/database.ts';
import { blockScenarios, slowBlockScenarios } from './block-scenarios.ts';
import { captureScenarios, slowCaptureScenarios } from './capture-scenarios.ts';
import { closingScenarios, slowClosingScenarios } from './closing-scenarios.ts';
import { clusterScenarios } from './cluster-scenarios.ts';
import { holdScenarios } from './hold-scenarios.ts';
import { invitationScenarios } from './invitation-scenarios.ts';
import { killAndCompare, prepare, referenceOf } from './kill-matrix.ts';
import { metalScenarios, troubledMetalScenarios } from './metal-scenarios.ts';
import { predictionScenarios } from './prediction-scenarios.ts';
import { dirtyDiskScenarios, scenarios } from './scenarios.ts';
import { serverScenarios } from './server-scenarios.ts';
import { slowWaitingScenarios, waitingScenarios } from './waiting-scenarios.ts';

/** On MariaDB too, after every step. */
eachEngine((engine, { open, url, renew }) => {
  if (engine === 'sqlite') return;
  for (const scenario of [
    ...scenarios,
    ...dirtyDiskScenarios,
    ...holdScenarios,
    ...metalScenarios,
    ...troubledMetalScenarios,
    ...closingScenarios,
    ...slowClosingScenarios,
    ...captureScenarios,
    ...slowCaptureScenarios,
    ...blockScenarios,
    ...slowBlockScenarios,
    ...waitingScenarios,
    ...slowWaitingScenarios,
    ...invitationScenarios,
    ...predictionScenarios,
    ...clusterScenarios,
    ...serverScenarios,
  ]) {
    it(`${scenario.action}: ${scenario.title}, killed after every step`, async function () {
      this.timeout(600_000);
      const reference = await referenceOf(scenario);
      for (let step = 1; step <= reference.steps.length; step++) {
        const db = await open();
        const at = { db, directory: await prepare(scenario, db), url: await url() };
        await killAndCompare(scenario, reference, step, at);
        await renew();
      }
      if (this.test) this.test.title += ` (${reference.steps.length} kills)`;
    });
  }
});
