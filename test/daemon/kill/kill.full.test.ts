import { eachEngine } from '../../helpers/database.ts';
import { slowScenarios, usualScenarios } from './all-scenarios.ts';
import { killAndCompare, killEverywhere, prepare, referenceOf } from './kill-matrix.ts';
import type { Scenario } from './scenarios.ts';

/** After every step on MariaDB too; on SQLite those that `npm test` leaves out. */
eachEngine((engine, { open, url, renew }) => {
  const onMariaDb = async (scenario: Scenario) => {
    const reference = await referenceOf(scenario);
    for (let step = 1; step <= reference.steps.length; step++) {
      const db = await open();
      const at = { db, directory: await prepare(scenario, db), url: await url() };
      await killAndCompare(scenario, reference, step, at);
      await renew();
    }
    return reference.steps.length;
  };
  for (const scenario of engine === 'sqlite' ? slowScenarios : [...usualScenarios, ...slowScenarios]) {
    it(`${scenario.action}: ${scenario.title}, killed after every step`, async function () {
      this.timeout(600_000);
      const steps = await (engine === 'sqlite' ? killEverywhere : onMariaDb)(scenario);
      if (this.test) this.test.title += ` (${steps} kills)`;
    });
  }
});
