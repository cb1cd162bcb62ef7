/** What we know of a machine's load, kept in the pool's folder: it outlives the daemon as the machine does. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ModuleContext } from '../../../../src/domain/contracts/module-context.ts';
import { artefactName, parseArtefactName } from '../../../../src/domain/contracts/provisioning.ts';
import { writeFileAtomic } from '../../../../src/lib/atomic-file.ts';
import { cleanedDiskSchema } from './jobs/cleaned-disks.ts';
import { jobLogFile } from './jobs/job-base.ts';
import { stopExports } from './netroot/exports.ts';

const loadRecordSchema = z.object({
  /** Who wrote it last, drawn by each load: a holder that lost its task must not undo its successor's. */
  run: z.string(),
  /** `writing`: the agent has a job; `starting`: its disk is written, its system comes up; `loaded`: it did. */
  phase: z.enum(['writing', 'starting', 'loaded']),
  /** `disk`: its own was written; `netroot`: its disk lies in this load's folder and is served to it. */
  way: z.enum(['disk', 'netroot']).default('disk'),
  revisionId: z.number(),
  image: z.string(),
  /** The load began with the cleaning of the machine's disks. */
  cleans: z.boolean().default(false),
  /** What came of each of them; null until it is over. */
  cleaned: z.array(cleanedDiskSchema).readonly().nullable().default(null),
  /** What was made of its disk last. */
  captured: z
    .object({
      file: z.string(),
      format: z.literal('qcow2'),
      sizeBytes: z.number(),
      virtualBytes: z.number(),
      sha256: z.string(),
    })
    .optional(),
});
export type LoadRecord = z.output<typeof loadRecordSchema>;

type Place = Pick<ModuleContext, 'installation' | 'directory' | 'node'>;

/** One folder for each load, named as the artefact. */
export function loadFolder({ installation, directory, node }: Place): string {
  return join(directory, artefactName(installation, node));
}

const fileName = 'load.json';

/** Null when nothing was loaded, or nothing whose record is whole. */
export async function readRecord(place: Place): Promise<LoadRecord | null> {
  const text = await readFile(join(loadFolder(place), fileName), 'utf8').catch(() => null);
  return text === null ? null : (loadRecordSchema.safeParse(JSON.parse(text)).data ?? null);
}

export async function writeRecord(place: Place, record: LoadRecord): Promise<LoadRecord> {
  await mkdir(loadFolder(place), { recursive: true, mode: 0o700 });
  await writeFileAtomic(join(loadFolder(place), fileName), `${JSON.stringify(record)}\n`);
  return record;
}

/** Forgets this load of the node, or every one, with what its agent said. */
export async function forgetLoads(place: Place, which: 'this' | 'all'): Promise<void> {
  for (const name of await readdir(place.directory).catch(() => [])) {
    const parts = parseArtefactName(name);
    if (parts?.installation !== place.installation || parts.nodeId !== place.node.id) continue;
    if (which === 'this' && parts.load !== place.node.load) continue;
    await removeLoadFolder(join(place.directory, name));
    await rm(jobLogFile(place.directory, name), { force: true });
  }
}

/** With what its machine wrote, where that lies here; what serves it ends. */
export async function removeLoadFolder(folder: string): Promise<void> {
  await stopExports(folder);
  await rm(folder, { recursive: true, force: true });
}
