import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { inOrder } from './in-order.mjs';
import { root } from './paths.mjs';
import { giveUp } from './say.mjs';

/**
 * A phase runs in a process of its own: what one leaves behind cannot disturb the next.
 * @typedef {{ title: string, program: string[], input?: { files: string[], grep: string | undefined } }} Phase
 * @typedef {{ file: string, says: string }} Failure a test that failed, in its own words
 * @typedef {{ passed: number, failed: number, skipped: number, failures: Failure[] }} Counts
 * @typedef {Counts & { title: string, seconds: number, ok: boolean, unsteady?: true }} Result
 * @typedef {{ full: boolean, grep: string | undefined, files: string[] }} Selection
 */

/** How long a phase may take to end after its last test. What lives longer was left running by a test. */
const graceMs = 20_000;
/** How long its output is waited for after it has ended: something that it left running may keep that open. */
const outputMs = 1_000;

/** So few failed tests may be a bad moment of the machine's; more are not. */
const few = 2;
const mocha = ['--import', 'tsx', 'scripts/run-mocha.mjs'];

/** A phase waits for machines and disks as often as it computes: two fill two cores. */
const together = Math.min(2, availableParallelism());

/** @param {string | Uint8Array} chunk */
const print = (chunk) => void process.stdout.write(chunk);

/**
 * Runs the phases, two at the same time; what they print comes one after the other.
 * @param {Selection} selection
 * @returns {Promise<Result[]>} in their order
 */
export async function runPhases(selection) {
  const list = phases(selection, testFiles(selection.files));
  const open = inOrder(print);
  const left = [...list.entries()];
  /** @type {Result[]} */
  const results = [];
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift())
      results[next[0]] = await runPhase(next[1], open());
  };
  await Promise.all(Array.from({ length: together }, work));
  return results;
}

/**
 * Runs the files of the few tests that failed once more, when nothing else runs. What passes then is unsteady: the run is
 * good, and its summary still tells what happened.
 * @param {readonly Result[]} results
 * @param {(phase: Phase) => Promise<Result>} run
 * @returns {Promise<Result[]>} in the same order
 */
export async function runFewAgain(results, run = (phase) => runPhase(phase, inOrder(print)())) {
  const bad = results.filter(({ ok }) => !ok);
  const told = bad.every(({ failed, failures }) => failed === failures.length);
  if (!told || bad.flatMap(({ failures }) => failures).length > few) return [...results];
  const settled = [...results];
  for (const result of bad) {
    const files = [...new Set(result.failures.map(({ file }) => file))];
    const title = `${result.title} once more`;
    const { ok } = await run({ title, program: mocha, input: { files, grep: undefined } });
    if (!ok) continue;
    const passed = result.passed + result.failed;
    settled[results.indexOf(result)] = { ...result, ok, passed, failed: 0, unsteady: true };
  }
  return settled;
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
  const titles = [...new Set(wanted.map(phaseOf))].sort(byLength);
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

/** Their tests take the longest: each folder in them is a phase of its own. */
const deeper = ['test/daemon/', 'test/modules/provisioning/'];

/**
 * @param {string} file `test/web/app.test.ts` is of `test/web`, `test/all.test.ts` of `test`
 */
function phaseOf(file) {
  const above = deeper.find((folder) => file.startsWith(folder)) ?? 'test/';
  return file.split('/').slice(0, -1).slice(0, above.split('/').length).join('/');
}

/** They take the longest: begun first, nobody waits for one of them at the end. */
const longest = ['test/modules/provisioning/shared', 'test/daemon/kill', 'test/cli', 'test/daemon'];

/** @param {string} a @param {string} b titles of phases */
function byLength(a, b) {
  const place = (/** @type {string} */ title) => {
    const at = longest.indexOf(title);
    return at < 0 ? longest.length : at;
  };
  return place(a) - place(b) || (a < b ? -1 : 1);
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

/** @param {Phase} phase @param {import('./in-order.mjs').Writer} output @returns {Promise<Result>} */
async function runPhase({ title, program, input }, output) {
  const began = Date.now();
  const say = (/** @type {string} */ line) => output.write(`${line}\n`);
  say(`\n=== ${title} ===`);
  const args = input === undefined ? program : [...program, JSON.stringify(input)];
  const { code, counts } = await runProgram(args, output, () =>
    say(`the tests of ${title} are over, but something they started keeps the process alive: killed`),
  );
  const ok = code === 0;
  const failed = ok ? 0 : Math.max(1, counts.failed); // a phase that fails has failed at something
  const seconds = Math.round((Date.now() - began) / 1000);
  say(`=== ${title}: ${ok ? 'ok' : 'FAILED'}, ${seconds} s ===`);
  output.end();
  return { title, seconds, ...counts, failed, ok };
}

/**
 * Runs a program of Node's; one that lives on after it has told its counts is killed.
 * @param {string[]} args
 * @param {import('./in-order.mjs').Writer} output
 * @param {() => void} overdue called when it is killed
 * @returns {Promise<{ code: number | null, counts: Counts }>}
 */
function runProgram(args, output, overdue) {
  /** @type {Counts} */
  let counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  /** @type {NodeJS.Timeout | undefined} */
  let grace;
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ['inherit', 'pipe', 'pipe', 'ipc'],
      env: { ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}), ...process.env },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.write(chunk));
    child.on('message', (message) => {
      counts = { ...counts, ...Object(message) };
      grace = setTimeout(() => {
        overdue();
        child.kill('SIGKILL');
      }, graceMs);
    });
    child.on('error', fail);
    child.on('exit', () => {
      clearTimeout(grace);
      setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, outputMs).unref();
    });
    child.on('close', (code) => done({ code, counts }));
  });
}

/**
 * @param {readonly Result[]} results
 * @param {number} seconds that all of them took, two at a time
 * @returns {string[]} at the end what failed, in its own words, and the counts: the last line is `N passed, N failed`
 */
export function summary(results, seconds) {
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
    results.reduce((total, result) => total + result[key], 0);
  const lines = results.map(({ title, seconds, ok }) => `${ok ? 'ok    ' : 'FAILED'} ${title}, ${seconds} s`);
  return [
    '',
    ...lines,
    ...results.flatMap(({ failures, unsteady }) =>
      failures.map(({ file, says }) => `${unsteady ? 'unsteady: ' : ''}${file}: ${says.slice(0, 1_000)}`),
    ),
    `${seconds} s, ${sum('skipped')} skipped`,
    `${sum('passed')} passed, ${sum('failed')} failed`,
  ];
}
