/** What a simulated machine is: one small file for each load, which survives the daemon as a real machine would. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModuleContext } from '../../../src/domain/contracts/module-context.ts';
import { artefactName } from '../../../src/domain/contracts/provisioning.ts';
import { replaceFile } from '../../../src/lib/atomic-file.ts';

const nodeFileSchema = z.object({
  /** The run of `load` that writes it: another one may have taken the load over. */
  run: z.string().default(''),
  phase: z.enum(['loading', 'loaded']),
  power: z.enum(['on', 'off']),
  revisionId: z.number(),
  image: z.string(),
});
export type SimulatedNode = z.output<typeof nodeFileSchema>;
type Where = Pick<ModuleContext, 'installation' | 'directory' | 'node'>;

const suffix = '.json';

export function nodeFile({ installation, directory, node }: Where): string {
  return join(directory, `${artefactName(installation, node)}${suffix}`);
}

/** Null when nothing is loaded. */
export async function readNode(where: Where): Promise<SimulatedNode | null> {
  try {
    return nodeFileSchema.parse(JSON.parse(await readFile(nodeFile(where), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** There whole or not at all when the daemon is killed; the disk is not waited for: a crash of the computer ends a real guest too. */
export async function writeNode(where: Where, node: SimulatedNode): Promise<void> {
  await replaceFile(nodeFile(where), `${JSON.stringify(node)}\n`);
}

/** Removes the node's files, with what a killed daemon had not written to its end: all of them, or all but this load's. */
export async function removeNode(where: Where, keep: 'none' | 'this-load' = 'none'): Promise<void> {
  const mine = `${where.installation}-n${where.node.id}-l`;
  const kept = keep === 'none' ? null : `${artefactName(where.installation, where.node)}${suffix}`;
  const names = await readdir(where.directory).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith(mine) && !(kept && name.startsWith(kept)))
      .map((name) => rm(join(where.directory, name), { force: true })),
  );
}

export async function listNodeFiles(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith(suffix));
}

export function artefactOf(fileName: string): string {
  return fileName.slice(0, -suffix.length);
}
