import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleOf } from './bundle.mjs';
import { root } from './paths.mjs';

/** The command-line program. */
export const cliEntry = join(root, 'src/cli/main.ts');

/**
 * Runs a TypeScript program in this very process, as `node --import tsx <entry> ...args` would. There is no child, so
 * a signal arrives once, the exit code is the program's own, and nothing is left behind when this process is killed.
 * (npm passes Ctrl-C on to what already had it from the terminal: a program keeps its handler until it ends.)
 * @param {string} entry absolute path of a module
 * @param {readonly string[]} args
 */
export async function runEntry(entry, args) {
  process.argv = [process.execPath, entry, ...args];
  const bundle = await bundleOf(entry);
  if (bundle === null) await loadTsx();
  else process.setSourceMapsEnabled(true);
  await import(pathToFileURL(bundle ?? entry).href);
}

async function loadTsx() {
  process.env.TSX_TSCONFIG_PATH = join(root, 'tsconfig.json'); // else tsx reads the one in the working directory
  // @ts-expect-error tsx has no types for what `node --import tsx` loads
  await import('tsx');
}
