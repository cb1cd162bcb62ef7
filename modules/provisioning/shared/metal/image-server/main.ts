/**
 * The image server of a pool: a process of its own, `main.ts DIRECTORY`, that outlives the daemon. It knows files alone, so
 * it may be killed at any moment and started again.
 */
import { lockFile } from '../../../../../src/lib/file-lock.ts';
import { metalFiles } from '../metal-files.ts';
import { runImageServer } from './run-image-server.ts';

const directory = process.argv[2] ?? '';
// A second one that was started at the same moment leaves the field to the first.
if (typeof lockFile(metalFiles(directory).serverLock) === 'number') process.exit(0);
await runImageServer(directory);
