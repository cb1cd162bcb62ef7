import { eachEngine } from '../../helpers/database.ts';
import { blockScenarios } from './block-scenarios.ts';
import { captureScenarios } from './capture-scenarios.ts';
import { closingScenarios } from './closing-scenarios.ts';
import { holdScenarios } from './hold-scenarios.ts';
import { killAndCompare, killEverywhere, prepare, referenceOf } from './kill-matrix.ts';
import { metalScenarios } from './metal-scenarios.ts';
import { scenarios } from './scenarios.ts';
import { waitingScenarios } from './waiting-scenarios.ts';

/** kill -9 of the daemon: after every step on SQLite, in the middle of every state module on MariaDB. */
eachEngine((engine, { open, url }) => {
  for (const scenario of [
    ...scenarios,
    ...holdScenarios,
    ...closingScenarios,
    ...metalScenarios,
    ...captureScenarios,
    ...blockScenarios,
    ...waitingScenarios,
  ]) {
    it(`${scenario.action}: ${scenario.title}`, async function () {
      this.timeout(120_000);
      if (engine === 'sqlite') {
        const steps = await killEverywhere(scenario);
        if (this.test) this.test.title += ` (${steps} kills)`;
        return;
      }
      const reference = await referenceOf(scenario);
      const db = await open();
      const at = { db, directory: await prepare(scenario, db), url: await url() };
      await killAndCompare(scenario, reference, Math.ceil(reference.steps.length / 2), at);
    });
  }
});
