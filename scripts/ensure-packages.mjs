import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from './debian-packages.mjs';
import { ensureDebian } from './ensure-debian.mjs';
import { root } from './paths.mjs';
import { giveUp, say } from './say.mjs';

/** @typedef {import('./debian-packages.mjs').PackageList} PackageList */

/**
 * Installs the npm packages of package-lock.json when node_modules holds anything else, and sees to it that
 * better-sqlite3's compiled part loads in this Node. Does nothing in a moment when all is well.
 * @param {{ yes: boolean, lists: readonly PackageList[], why: string }} options the Debian packages needed besides: where
 *   compilers are missing, all are asked for at once
 */
export async function ensurePackages(options) {
  if (packagesDiffer(readLock('package-lock.json'), readLock('node_modules/.package-lock.json'))) {
    refuseLinkedModules();
    say('installing the npm packages of package-lock.json (npm ci)');
    if (!npm('ci', '--include=dev')) await compileAgain(['ci', '--include=dev'], options);
  }
  if (sqliteLoads()) return;
  say('better-sqlite3 does not load in this Node: compiling it (npm rebuild better-sqlite3)');
  if (!npm('rebuild', 'better-sqlite3')) await compileAgain(['rebuild', 'better-sqlite3'], options);
  if (!sqliteLoads()) giveUp('better-sqlite3 still does not load; the lines above say why.');
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * Whether what npm noted as installed is not what the lock file asks for. Optional packages may be absent: most of
 * them are for other systems.
 * @param {LockedPackages | undefined} locked
 * @param {LockedPackages | undefined} installed undefined when there are no node_modules
 */
export function packagesDiffer(locked, installed) {
  if (locked === undefined || installed === undefined) return true;
  const wanted = Object.entries(locked).filter(([path]) => path !== '');
  const extra = Object.keys(installed).some((path) => locked[path] === undefined);
  return extra || wanted.some(([path, entry]) => !isInstalled(entry, installed[path]));
}

/** @param {LockedPackage} wanted @param {LockedPackage | undefined} found */
function isInstalled(wanted, found) {
  if (found === undefined) return wanted.optional === true;
  return found.version === wanted.version && found.integrity === wanted.integrity;
}

/** @param {string} path @returns {LockedPackages | undefined} */
function readLock(path) {
  const file = join(root, path);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/**
 * Node's installation prefix when its own headers lie in it, so that node-gyp need not fetch them.
 * @param {string} execPath
 * @param {(path: string) => boolean} exists
 * @returns {string | undefined}
 */
export function nodeHeaders(execPath, exists = existsSync) {
  const prefix = dirname(dirname(execPath));
  return exists(join(prefix, 'include/node/node.h')) ? prefix : undefined;
}

/** @param {string[]} args */
function npm(...args) {
  const headers = nodeHeaders(process.execPath);
  const env = headers === undefined ? process.env : { ...process.env, npm_config_nodedir: headers };
  const { error, status } = spawnSync('npm', args, { cwd: root, stdio: 'inherit', env });
  if (error !== undefined)
    giveUp(`npm did not start: ${error.message}. Install npm beside Node and run this again.`);
  return status === 0;
}

/**
 * npm failed: without compilers that is the likely cause, so they are asked for and npm gets one more try.
 * @param {string[]} args
 * @param {{ yes: boolean, lists: readonly PackageList[], why: string }} options
 */
async function compileAgain(args, { yes, lists, why }) {
  const installed = await ensureDebian([compile, ...lists], {
    yes,
    why: `to compile better-sqlite3 and ${why}`,
  });
  if (!installed || !npm(...args)) giveUp(`npm ${args.join(' ')} failed; the lines above say why.`);
}

function sqliteLoads() {
  const program = "new (require('better-sqlite3'))(':memory:').close()";
  return spawnSync(process.execPath, ['-e', program], { cwd: root }).status === 0;
}

/** npm ci would empty the folder that the link points at, under the feet of whoever works there. */
function refuseLinkedModules() {
  const folder = join(root, 'node_modules');
  const linked = lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink();
  if (linked)
    giveUp(
      'node_modules is a link and does not hold what package-lock.json asks for: run npm ci where it points.',
    );
}
