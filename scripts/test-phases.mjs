import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from './paths.mjs';
import { giveUp } from './say.mjs';

/**
 * A phase runs in a process of its own: what one leaves behind cannot disturb the next.
 * @typedef {{ title: string, program: string[], input?: { files: string[], grep: string | undefined } }} Phase
 * @typedef {{ title: string, seconds: number, passed: number, failed: number, skipped: number, ok: boolean }} Result
 * @typedef {{ full: boolean, grep: string | undefined, files: string[] }} Selection
 */

/** How long a phase may take to end after its last test. What lives longer was left running by a test. */
const graceMs = 20_000;

/**
 * Runs the phases one after the other.
 * @param {Selection} selection
 * @returns {Promise<Result[]>}
 */
export async function runPhases(selection) {
  /** @type {Result[]} */
  const results = [];
  for (const phase of phases(selection, testFiles(selection.files))) {
    console.log(`\n=== ${phase.title} ===`);
    const result = await runPhase(phase);
    console.log(`=== ${phase.title}: ${result.ok ? 'ok' : 'FAILED'}, ${result.seconds} s ===`);
    results.push(result);
  }
  return results;
}

/**
 * The checks, then one phase for each folder under test/; with words or files given, only what they select.
 * @param {Selection} selection
 * @param {readonly string[]} files all test files it could select, relative to the root
 * @returns {Phase[]}
 */
export function phases({ full, grep, files: chosen }, files) {
  const wanted = files.filter(
    (file) => full || chosen.some((name) => file.endsWith(name)) || !file.endsWith('.full.test.ts'),
  );
  const titles = [...new Set(wanted.map(phaseOf))].sort();
  const mocha = ['--import', 'tsx', 'scripts/run-mocha.mjs'];
  const tests = titles.map((title) => {
    return {
      title,
      program: mocha,
      input: { files: wanted.filter((file) => phaseOf(file) === title), grep },
    };
  });
  const selects = grep !== undefined || chosen.length > 0;
  return selects ? tests : [{ title: 'check', program: ['scripts/check.mjs'] }, ...tests];
}

/** @param {string} file `test/web/app.test.ts` is of `test/web`, `test/all.test.ts` of `test` */
function phaseOf(file) {
  return file.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** @param {readonly string[]} chosen files and folders as typed; none means all @returns {string[]} */
function testFiles(chosen) {
  const all = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' }).map(
    (name) => `test/${name}`,
  );
  const tests = all.filter((file) => file.endsWith('.test.ts')).sort();
  if (chosen.length === 0) return tests;
  const typed = chosen.map((name) => relative(root, resolve(name)));
  for (const name of typed) {
    if (!tests.some((file) => within(file, name))) giveUp(`there are no tests at ${name}.`);
  }
  return tests.filter((file) => typed.some((name) => within(file, name)));
}

/** @param {string} file @param {string} name of it or of a folder above it */
function within(file, name) {
  return file === name || file.startsWith(`${name}/`);
}

/** @param {Phase} phase @returns {Promise<Result>} */
function runPhase({ title, program, input }) {
  const began = Date.now();
  let counts = { passed: 0, failed: 0, skipped: 0 };
  /** @type {NodeJS.Timeout | undefined} */
  let overdue;
  return new Promise((done, fail) => {
    const args = input === undefined ? program : [...program, JSON.stringify(input)];
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    child.on('message', (message) => {
      counts = { ...counts, ...Object(message) };
      overdue = setTimeout(() => {
        console.log(
          `the tests of ${title} are over, but something they started keeps the process alive: killed`,
        );
        child.kill('SIGKILL');
      }, graceMs);
    });
    child.on('error', fail);
    child.on('close', (code) => {
      clearTimeout(overdue);
      const ok = code === 0;
      const failed = ok ? 0 : Math.max(1, counts.failed); // a phase that fails has failed at something
      done({ title, seconds: Math.round((Date.now() - began) / 1000), ...counts, failed, ok });
    });
  });
}

/** @param {readonly Result[]} results @returns {string[]} the last one is `N passed, N failed` */
export function summary(results) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped' | 'seconds'} */ key) =>
    results.reduce((total, result) => total + result[key], 0);
  const lines = results.map(({ title, seconds, ok }) => `${ok ? 'ok    ' : 'FAILED'} ${title}, ${seconds} s`);
  return [
    '',
    ...lines,
    `${sum('seconds')} s, ${sum('skipped')} skipped`,
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}
