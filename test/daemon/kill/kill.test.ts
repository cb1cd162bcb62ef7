import { eachEngine } from '../../helpers/database.ts';
import { usualScenarios } from './all-scenarios.ts';
import { killAndCompare, killEverywhere, prepare, referenceOf } from './kill-matrix.ts';

/** kill -9 of the daemon: after every step on SQLite, in the middle of every state module on MariaDB. */
eachEngine((engine, { open, url }) => {
  for (const scenario of usualScenarios) {
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
