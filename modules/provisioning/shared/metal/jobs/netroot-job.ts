/** Starting the image's system with its disk here: done anew each time that the machine starts, as long as the load lasts. */
import { join } from 'node:path';
import { z } from 'zod';
import { readConfig } from '../image-server/config.ts';
import { macFileName } from '../metal-files.ts';
import { startExports } from '../netroot/exports.ts';
import { jobBase, jobFile } from './job-base.ts';
import { defineJobKind, Unfit } from './job-kind.ts';

const schema = jobBase.extend({
  action: z.literal('netroot'),
  /** Of the load: its overlay is there. */
  folder: z.string(),
  base: z.object({ file: z.string(), format: z.enum(['qcow2', 'raw']) }),
});
export type NetrootJob = z.output<typeof schema>;

/** The seed's file system, which is a disk of its own. */
export function netrootSeed(directory: string, job: NetrootJob): string {
  return jobFile(directory, job, 'seed');
}

/** IANA's port of NBD: where a machine's own way to its exports begins. */
const port = 10_809;

export const netrootJob = defineJobKind({
  schema,
  again: true,
  phases: {
    attaching: {
      step: 'connecting its disk',
      silence: 'stopped while its disk on the server was being connected',
      phase: 'agent',
    },
    starting: {
      step: 'handing over to its system',
      silence: 'stopped before its system was started',
      phase: 'boot',
    },
  },
  done: 'the disk is connected',

  async orders(directory, job) {
    const { sockets, modules } = await readConfig(directory);
    if (sockets === null) throw new Unfit('its pool has no sockets by which it could reach its disk');
    const way = join(sockets, macFileName(job.mac));
    const { folder, base } = job;
    const names = await startExports({ folder, base, modules, way, seed: netrootSeed(directory, job) });
    return { NBD_PORT: port, DISK: names.disk, SEED: names.seed, MODULES: names.modules };
  },

  serve: () => Promise.resolve(false),
});
