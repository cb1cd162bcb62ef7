// `node scripts/run.mjs ENTRY ...ARGS`: one of our own programs in a process of its own.
import { runEntry } from './run-entry.mjs';

const [entry = '', ...args] = process.argv.slice(2);
await runEntry(entry, args);
