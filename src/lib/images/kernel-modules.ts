/** Takes chosen kernel modules, and all that they need, from an unpacked kernel package. */
import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecOptions } from '../exec.ts';
import { exec } from '../exec.ts';
import { ImageBuildError, runTool } from './image-tools.ts';

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

/**
 * Writes all modules of the package as a file system (ext4, only to be read) that is mounted as /lib/modules. With the indexes
 * that distributions' modprobe reads: busybox's are others.
 */
export async function packModules(
  { root, release }: ModuleTree,
  file: string,
  options: ExecOptions,
): Promise<void> {
  const folder = join(root, 'lib/modules');
  await runTool('depmod', ['-b', root, release], options);
  const blocks = Math.ceil((await sizeOf(folder)) * packedShare) + sparePacked;
  const format = ['-t', 'ext4', '-b', String(blockBytes), '-m', '0', '-O', '^has_journal,^metadata_csum'];
  const place = ['-E', 'root_owner=0:0', '-d', folder];
  await runTool('mke2fs', ['-q', '-F', ...format, ...place, file, String(blocks)], options);
}

const blockBytes = 4096;
/** What a file system needs beside its files. */
const packedShare = 1.06;
const sparePacked = 2048;

/** In blocks of a file system. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) =>
      entry.isFile() ? Math.ceil((await stat(join(entry.parentPath, entry.name))).size / blockBytes) : 1,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function moduleFolder(tree: ModuleTree): string {
  return join(tree.root, 'lib/modules', tree.release);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
