import * as util from 'node:util';
import { bootstrap } from './bootstrap.mjs';
import { galera, imageDebian, imageTiny, rack, rackUefi, run, test } from './debian-packages.mjs';
import { ensureNode } from './ensure-node.mjs';
import { giveUp } from './say.mjs';
import { runFewAgain, runPhases, summary } from './test-phases.mjs';

ensureNode();
const args = process.argv.slice(2);
const selection = readSelection();
await bootstrap([run, imageTiny, rack, ...(selection.full ? [imageDebian, rackUefi, galera] : []), test], {
  args,
  why: 'to run the tests',
});
const began = Date.now();
const first = await runPhases(selection);
const everyday = !selection.full && selection.grep === undefined && selection.files.length === 0;
const results = everyday ? await runFewAgain(first) : first;
for (const line of summary(results, Math.round((Date.now() - began) / 1000))) console.log(line);
process.exitCode =
  results.every((result) => result.ok) && results.some((result) => result.passed > 0) ? 0 : 1;

function readSelection() {
  try {
    const { values, positionals } = util.parseArgs({
      args,
      allowPositionals: true,
      options: { full: { type: 'boolean' }, yes: { type: 'boolean' }, grep: { type: 'string', short: 'g' } },
    });
    return { full: values.full === true, grep: values.grep, files: positionals };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('. ')[0] : error;
    return giveUp(`${reason}. Usage: npm test -- [--full] [--yes] [--grep WORDS] [FILE OR FOLDER...]`);
  }
}
