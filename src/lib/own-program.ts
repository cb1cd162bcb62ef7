import { fileURLToPath } from 'node:url';

const run = fileURLToPath(new URL('../../scripts/run.mjs', import.meta.url));

/** The command line that runs one of our own programs, from whatever folder. */
export function ownProgram(entry: URL, ...args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, run, fileURLToPath(entry), ...args];
}
