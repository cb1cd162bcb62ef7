import { bootstrap } from './bootstrap.mjs';
import { imageTiny, run } from './debian-packages.mjs';
import { cliEntry, runEntry } from './run-entry.mjs';

const args = process.argv.slice(2);
await bootstrap([run, imageTiny], { args, why: 'to run guests on this machine' });
await runEntry(cliEntry, ['start', ...args.filter((arg) => arg !== '--yes')]);
