/** Takes chosen kernel modules, and all that they need, from an unpacked kernel package. */
import { cp, mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecOptions } from '../exec.ts';
import { exec } from '../exec.ts';
import { ImageBuildError } from './image-tools.ts';

export interface ModuleTree {
  /** The unpacked package: `<root>/lib/modules/<release>/kernel/...`. */
  readonly root: string;
  readonly release: string;
  /** A busybox that can run here; it brings depmod. */
  readonly busybox: string;
}

/** Module path -> paths of all it needs, both relative to the release's folder; what must be loaded first stands last. */
export type ModuleNeeds = ReadonlyMap<string, readonly string[]>;

export async function readModuleNeeds(tree: ModuleTree, options: ExecOptions): Promise<ModuleNeeds> {
  await exec(tree.busybox, ['depmod', '-b', tree.root, tree.release], options);
  const text = await readFile(join(moduleFolder(tree), 'modules.dep'), 'utf8');
  const lines = text.split('\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), words(line.slice(line.indexOf(':') + 1))]),
  );
}

/** The named modules and their needs, in the order in which they can be loaded. */
export function loadOrder(needs: ModuleNeeds, names: readonly string[]): string[] {
  const order = new Set<string>();
  for (const name of names) {
    const path = [...needs.keys()].find((key) => key.endsWith(`/${name}.ko`));
    if (path === undefined) throw new ImageBuildError(`The kernel package has no module ${name}`);
    for (const needed of [...(needs.get(path) ?? [])].reverse()) order.add(needed);
    order.add(path);
  }
  return [...order];
}

/** Copies modules into another root, where modprobe finds them. */
export async function copyModules(
  tree: ModuleTree,
  paths: readonly string[],
  root: string,
  options: ExecOptions,
): Promise<void> {
  for (const path of paths) {
    const target = join(root, 'lib/modules', tree.release, path);
    await mkdir(dirname(target), { recursive: true });
    await cp(join(moduleFolder(tree), path), target);
  }
  await exec(tree.busybox, ['depmod', '-b', root, tree.release], options);
}

export function moduleFolder(tree: ModuleTree): string {
  return join(tree.root, 'lib/modules', tree.release);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
