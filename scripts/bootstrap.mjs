import { ensureDebian } from './ensure-debian.mjs';
import { ensureNode } from './ensure-node.mjs';
import { ensurePackages } from './ensure-packages.mjs';

/** @typedef {import('./debian-packages.mjs').PackageList} PackageList */

/**
 * Everything a fresh machine with Node lacks: npm packages, then Debian packages. Uses Node's built-ins alone, since it
 * runs before anything is installed, and may run again at any time.
 * @param {readonly PackageList[]} lists
 * @param {{ args: readonly string[], why: string }} options `--yes` among the arguments asks nothing, nor does CI=true
 */
export async function bootstrap(lists, { args, why }) {
  ensureNode();
  const yes = args.includes('--yes') || process.env.CI === 'true';
  await ensurePackages({ yes, lists, why });
  await ensureDebian(lists, { yes, why });
}
