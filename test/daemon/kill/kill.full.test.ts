import { eachEngine } from '../../helpers/database.ts';
import { holdScenarios } from './hold-scenarios.ts';
import { killAndCompare, prepare, referenceOf } from './kill-matrix.ts';
import { scenarios } from './scenarios.ts';

/** On MariaDB too, every step: each in a test of its own, as each needs a database of its own. */
const mostSteps = 16;

eachEngine((engine, { open, url }) => {
  if (engine === 'sqlite') return;
  for (const scenario of [...scenarios, ...holdScenarios]) {
    for (let step = 1; step <= mostSteps; step++) {
      it(`${scenario.action}: ${scenario.title}, killed after step ${step}`, async function () {
        this.timeout(120_000);
        const reference = await referenceOf(scenario);
        if (reference.steps.length > mostSteps) throw new Error(`it has ${reference.steps.length} steps`);
        if (step > reference.steps.length) return;
        const db = await open();
        const directory = await prepare(scenario, db);
        await killAndCompare(scenario, reference, step, { db, directory, url: await url() });
      });
    }
  }
});
