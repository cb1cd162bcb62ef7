import * as util from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { imageTiny, run, test } from './debian-packages.mjs';
import { runPhases, summary } from './test-phases.mjs';

const args = process.argv.slice(2);
await bootstrap([run, imageTiny, test], { args, why: 'to run the tests' });

const options = readOptions();
const results = await runPhases(options);
for (const line of summary(results)) console.log(line);
process.exitCode =
  results.every((result) => result.ok) && results.some((result) => result.passed > 0) ? 0 : 1;

/** `npm test -- [--full] [--yes] [--grep WORDS] [FILE...]`: a selection leaves out the checks. */
function readOptions() {
  const { values, positionals } = util.parseArgs({
    args,
    allowPositionals: true,
    options: { full: { type: 'boolean' }, yes: { type: 'boolean' }, grep: { type: 'string', short: 'g' } },
  });
  return { full: values.full === true, grep: values.grep, files: positionals };
}
