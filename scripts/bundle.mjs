import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

/** @typedef {[path: string, changedAt: number, bytes: number]} Input a file as it was when it became a part */

const cache = join(root, 'node_modules/.cache/labrador');
const own = fileURLToPath(import.meta.url);
const mark = '// made of ';
/** How long the parts of an earlier bundle stay: a program that runs may still load one. */
const keptMs = 7 * 24 * 3_600_000;

/**
 * A TypeScript program and all files of its own that it imports, made a few: it starts several times as fast as the files one
 * by one do. It is kept beside the packages, and is made anew when one of its files is not as it was.
 * @param {string} entry absolute path of a module
 * @returns {Promise<string | null>} the file to import; null where nothing can be kept, as in a clone of somebody else's
 */
export async function bundleOf(entry) {
  const folder = join(cache, createHash('sha256').update(entry).digest('hex').slice(0, 16));
  const main = join(folder, 'main.mjs');
  if (isCurrent(main)) return main;
  try {
    await make(entry, folder, main);
    return main;
  } catch (error) {
    if (/^(EACCES|EPERM|EROFS|ENOSPC)$/.test(Object(error).code)) return null;
    throw error;
  }
}

/** @param {string} main */
function isCurrent(main) {
  try {
    const [first = ''] = readFileSync(main, 'utf8').split('\n', 1);
    /** @type {Input[]} */
    const inputs = JSON.parse(first.slice(mark.length));
    return inputs.every(([path, changedAt, bytes]) => {
      const { mtimeMs, size } = statSync(path);
      return mtimeMs === changedAt && size === bytes;
    });
  } catch {
    return false;
  }
}

/** @param {string} entry @param {string} folder @param {string} main */
async function make(entry, folder, main) {
  mkdirSync(folder, { recursive: true });
  const { build } = await import('esbuild');
  /** @type {Input[]} */
  const inputs = [inputOf(own)];
  const { outputFiles } = await build({
    ...{ entryPoints: { main: entry }, outdir: folder, outExtension: { '.js': '.mjs' }, write: false },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20.19' },
    ...{ packages: 'external', keepNames: true, sourcemap: 'linked', sourcesContent: false, tsconfigRaw: {} },
    plugins: [{ name: 'inputs', setup: (building) => building.onLoad({ filter: /\.ts$/ }, load) }],
  });
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (file !== main && statSync(file).mtimeMs < Date.now() - keptMs) rmSync(file, { force: true });
  }
  // The entry last: it says that all is there.
  for (const { path, text } of outputFiles.sort(
    (a, b) => Number(a.path === main) - Number(b.path === main),
  )) {
    const says = path === main ? `${mark}${JSON.stringify(inputs)}\n` : '';
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, says + text);
    renameSync(draft, path);
  }

  /** A module finds its files where they lie, not where its bundle does. @param {{ path: string }} module */
  async function load({ path }) {
    inputs.push(inputOf(path));
    const text = await readFile(path, 'utf8');
    const contents = text
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
    return { contents, loader: /** @type {const} */ ('ts') };
  }
}

/** @param {string} path @returns {Input} */
function inputOf(path) {
  const { mtimeMs, size } = statSync(path);
  return [resolve(path), mtimeMs, size];
}
