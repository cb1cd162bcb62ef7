import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { giveUp } from './say.mjs';

/** Ends the script with a sentence when this Node is not one that package.json's `engines` allows. */
export function ensureNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const complaint = nodeComplaint(process.versions.node, engines.node);
  if (complaint !== undefined) giveUp(complaint);
}

/**
 * The sentence for a Node that is too old, or undefined when it will do.
 * @param {string} version such as 20.19.0
 * @param {string} range `^a.b.c`, `>=a.b.c` and `||` between them: all that `engines` uses
 * @returns {string | undefined}
 */
export function nodeComplaint(version, range) {
  const fits = range.split('||').some((part) => satisfies(version, part.trim()));
  if (fits) return undefined;
  return `this is Node ${version}, and Labrador needs ${range}. Install a newer one (https://nodejs.org) and run this again.`;
}

/** @param {string} version @param {string} part */
function satisfies(version, part) {
  const match = /^(\^|>=)(\d+(?:\.\d+){0,2})$/.exec(part);
  if (match === null) throw new Error(`package.json: engines.node has ${part}, expected ^a.b.c or >=a.b.c`);
  const have = numbers(version);
  const least = numbers(match[2] ?? '');
  if (match[1] === '^' && have[0] !== least[0]) return false;
  const differing = [0, 1, 2].find((i) => have[i] !== least[i]);
  return differing === undefined || (have[differing] ?? 0) > (least[differing] ?? 0);
}

/** @param {string} version @returns {number[]} major, minor, patch */
function numbers(version) {
  const parts = version.split('.').map(Number);
  return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0];
}
