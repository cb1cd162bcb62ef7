import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

/**
 * Rules that no tool knows: each looks at the lines of some files.
 * @typedef {{ why: string, in: RegExp, except?: RegExp, forbids: (line: string) => boolean }} Rule
 * @type {readonly Rule[]}
 */
export const rules = [
  {
    why: 'views escape everything: <%- is for include(...) and body alone',
    in: /^views\/.*\.ejs$/,
    forbids: (line) =>
      line
        .split('<%-')
        .slice(1)
        .some((rest) => !/^\s*(include\(|body\b)/.test(rest)),
  },
  {
    why: 'decisions take their time from the one clock in db/clock.ts',
    in: /^(src\/services|src\/domain|db|modules\/state)\/.*\.ts$/,
    except: /^db\/clock\.ts$/,
    forbids: (line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && /\bDate\.now\(|\bnew Date\(\)/.test(line),
  },
  {
    // Measured on Node 20: any() holds its sources weakly, and a time-out that is collected never comes.
    why: 'AbortSignal.any() may lose a time-out: abortable(abortable(work, AbortSignal.timeout(...)), signal), or a timer',
    in: /^(src|db|modules)\/.*\.ts$/,
    forbids: (line) => /AbortSignal\.any\(.*timeout/i.test(line),
  },
  {
    why: 'package-lock.json names no registry: .npmrc leaves `resolved` out',
    in: /^package-lock\.json$/,
    forbids: (line) => line.includes('"resolved":'),
  },
];

/**
 * The lines of a file that break a rule, as `path:line: why`.
 * @param {string} path relative to the root
 * @param {string} text
 * @returns {string[]}
 */
export function brokenRules(path, text) {
  const applying = rules.filter((rule) => rule.in.test(path) && !rule.except?.test(path));
  return text.split('\n').flatMap((line, index) => {
    return applying.filter((rule) => rule.forbids(line)).map((rule) => `${path}:${index + 1}: ${rule.why}`);
  });
}

/** @param {string} folder @returns {string[]} files below, relative to the root */
function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [relative(root, path)];
  });
}

function checkTree() {
  const folders = readdirSync(root).filter((name) => ['src', 'db', 'modules', 'views'].includes(name));
  const files = ['package-lock.json', ...folders.flatMap((name) => filesIn(join(root, name)))];
  const watched = files.filter((path) => rules.some((rule) => rule.in.test(path)));
  const broken = watched.flatMap((path) => brokenRules(path, readFileSync(join(root, path), 'utf8')));
  for (const line of broken) console.log(line);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) checkTree();
