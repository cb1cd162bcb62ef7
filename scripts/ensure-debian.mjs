import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { giveUp, say } from './say.mjs';

/** @typedef {import('./debian-packages.mjs').PackageList} PackageList */

/**
 * Installs what is missing of these lists: with apt-get as root or with password-free sudo, after printing what and,
 * at a terminal, asking. Where it may not, or this is not Debian, it says exactly what to install and ends the script.
 * @param {readonly PackageList[]} lists
 * @param {{ yes: boolean, why: string }} options `why` completes "... are needed"
 * @returns {Promise<boolean>} whether anything was installed
 */
export async function ensureDebian(lists, options) {
  const wanted = Object.assign({}, ...lists);
  const debian = hasProgram('dpkg-query') && hasProgram('apt-get');
  const missing = missingPackages(wanted, debian ? dpkgStatus(Object.keys(wanted)) : '', hasProgram);
  if (missing.length === 0) return false;
  if (!debian) giveUp(programsSentence(wanted, missing, options.why));
  const prefix = rootPrefix();
  if (prefix === undefined) giveUp(commandSentence(missing, options.why));
  say(`these Debian packages are needed ${options.why}: ${missing.join(' ')}`);
  if (!options.yes && !(await agreed())) giveUp(commandSentence(missing, options.why));
  install(prefix, missing);
  return true;
}

/**
 * Which packages of a list are neither installed by dpkg nor there as programs.
 * @param {PackageList} wanted
 * @param {string} dpkgOutput lines of `status package`, as `dpkg-query -f '${db:Status-Status} ${Package}\n'` prints them
 * @param {(program: string) => boolean} hasProgramHere
 * @returns {string[]} sorted names
 */
export function missingPackages(wanted, dpkgOutput, hasProgramHere) {
  const lines = new Set(dpkgOutput.split('\n'));
  const there = (/** @type {readonly string[]} */ programs) =>
    programs.length > 0 && programs.every(hasProgramHere);
  return Object.entries(wanted)
    .filter(([name, programs]) => !lines.has(`installed ${name}`) && !there(programs))
    .map(([name]) => name)
    .sort();
}

/** @param {readonly string[]} names @returns {string[]} */
function aptArguments(names) {
  return ['install', '--yes', '--no-install-recommends', ...names];
}

/**
 * What somebody who may not install is told.
 * @param {readonly string[]} missing
 * @param {string} why
 */
export function commandSentence(missing, why) {
  return `these Debian packages are needed ${why}. Install them and run this again:\n  sudo apt-get ${aptArguments(missing).join(' ')}`;
}

/**
 * What is said where there is no apt-get: the programs, since other systems name their packages differently.
 * @param {PackageList} wanted
 * @param {readonly string[]} missing
 * @param {string} why
 */
export function programsSentence(wanted, missing, why) {
  const programs = missing.map((name) => `${wanted[name]?.join(', ') || name} (Debian's ${name})`);
  return `these programs are needed ${why}. Install them and run this again:\n  ${programs.join('\n  ')}`;
}

/** @param {readonly string[]} names */
function dpkgStatus(names) {
  const format = '--showformat=$' + '{db:Status-Status} $' + '{Package}\\n';
  return spawnSync('dpkg-query', ['--show', format, ...names], { encoding: 'utf8' }).stdout;
}

/** @param {string} name looked for on the path and where Debian keeps programs for root */
function hasProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @returns {string[] | undefined} what to put before apt-get; undefined when this user may not install */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}

/** Asks at a terminal; where nobody sits at one, what was printed is all the notice there can be. */
async function agreed() {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  /** @type {string} */
  const answer = await new Promise((done) => terminal.question('labrador: install them now? [Y/n] ', done));
  terminal.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

/** @param {readonly string[]} prefix @param {readonly string[]} names */
function install(prefix, names) {
  if (!hasLists()) aptGet(prefix, ['update']);
  if (aptGet(prefix, aptArguments(names))) return;
  say('apt-get failed, perhaps on an old package list: reading it afresh and trying once more');
  const installed = aptGet(prefix, ['update']) && aptGet(prefix, aptArguments(names));
  if (!installed) giveUp('apt-get could not install them; the lines above say why.');
}

/** @param {readonly string[]} prefix @param {readonly string[]} args */
function aptGet(prefix, args) {
  const [command = '', ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
  say(`running ${[command, ...rest].join(' ')}`);
  return spawnSync(command, rest, { stdio: 'inherit' }).status === 0;
}

function hasLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => name.includes('_Packages'));
}
