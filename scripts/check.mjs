import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './paths.mjs';

const folders = ['src', 'modules', 'db', 'test', 'bench', 'scripts'].filter((name) =>
  existsSync(join(root, name)),
);

/**
 * The checks, longest first: what each is called and the program behind it, with its arguments.
 * @type {readonly (readonly [string, string, ...string[]])[]}
 */
const checks = [
  ['typed lint (eslint)', bin('eslint'), '--max-warnings=0', '.'],
  ['types (tsc)', bin('typescript', 'tsc'), '--project', 'tsconfig.json'],
  ['types in the browser (tsc)', bin('typescript', 'tsc'), '--project', 'src/web/assets/tsconfig.json'],
  ['layers (dependency-cruiser)', bin('dependency-cruiser', 'depcruise'), '--output-type=err', ...folders],
  ['dead code (knip)', bin('knip'), '--no-progress'],
  ['format and lint (biome)', bin('@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '.'],
  ['house rules', 'scripts/house-rules.mjs'],
];

const began = Date.now();
const failed = await runAll(checks, Math.min(2, availableParallelism()));
console.log(
  failed.length === 0 ? `check: all well in ${seconds(began)}` : `check: FAILED ${failed.join(', ')}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * Runs the checks a few at a time and prints each as it ends.
 * @param {typeof checks} all
 * @param {number} atOnce
 * @returns {Promise<string[]>} names of those that failed
 */
async function runAll(all, atOnce) {
  const waiting = [...all];
  /** @type {string[]} */
  const failures = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await runOne(next))) failures.push(next[0]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return failures;
}

/** @param {checks[number]} check @returns {Promise<boolean>} */
function runOne([name, program, ...args]) {
  const start = Date.now();
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', fail);
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}, ${seconds(start)}`);
      if (code !== 0) console.log(output);
      done(code === 0);
    });
  });
}

/**
 * The file behind a package's program: npx would cost half a second each.
 * @param {string} name
 * @param {string} [program]
 */
function bin(name, program = name) {
  const folder = join(root, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[program]);
}

/** @param {number} start */
function seconds(start) {
  return `${((Date.now() - start) / 1000).toFixed(1)} s`;
}
