// One mocha process: `node --import tsx scripts/run-mocha.mjs '{"files": [...], "grep": "..."}'`. Its parent is told the counts
// and what failed.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import Mocha from 'mocha';
import { root } from './paths.mjs';

const { files, grep } = JSON.parse(process.argv[2] ?? '{}');
const settings = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8'));
const mocha = new Mocha({ ...settings, reporter: 'spec', ...(grep === undefined ? {} : { grep }) });
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();

process.once('disconnect', () => process.exit(1)); // whoever started the tests is gone
process.channel?.unref();
const runner = mocha.run();
/** @type {import('./test-phases.mjs').Failure[]} */
const failures = [];
runner.on('fail', (test, error) => {
  const file = relative(root, test.file ?? test.parent?.file ?? root);
  failures.push({ file, says: `${test.fullTitle()}: ${error.message}` });
});
runner.once('end', () => {
  const { passes: passed = 0, failures: failed = 0, pending: skipped = 0 } = runner.stats ?? {};
  process.send?.({ passed, failed, skipped, failures });
  process.exitCode = failed > 0 ? 1 : 0;
});
