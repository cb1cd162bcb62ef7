import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const { resolve } = createRequire(import.meta.url);

/** The command line that runs one of our own programs, from whatever folder. */
export function ownProgram(entry: URL, ...args: readonly string[]): readonly [string, ...string[]] {
  return [process.execPath, '--import', resolve('tsx'), fileURLToPath(entry), ...args];
}
