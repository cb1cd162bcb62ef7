import { bootstrap } from './bootstrap.mjs';
import { imageTiny, rack, rackNetwork, rackUefi, run } from './debian-packages.mjs';
import { cliEntry, runEntry } from './run-entry.mjs';

const args = process.argv.slice(2);
const lists = [
  ...[run, imageTiny],
  ...(args.some((arg) => /^--rack(=|$)/.test(arg)) ? [rack] : []),
  ...(args.some((arg) => /^(--rack-firmware=)?(uefi|mixed)$/.test(arg)) ? [rackUefi] : []),
  ...(args.some((arg) => /^(--rack-network=)?netns$/.test(arg)) ? [rackNetwork] : []),
];
await bootstrap(lists, { args, why: 'to run guests on this machine' });
await runEntry(cliEntry, ['start', ...args.filter((arg) => arg !== '--yes')]);
