/** Starting the image's system with its disk here: done anew each time that the machine starts, as long as the load lasts. */
import { join } from 'node:path';
import { z } from 'zod';
import { isIP } from '../../../../../src/lib/is-ip.ts';
import { readConfig, type ServerConfig } from '../image-server/config.ts';
import { macFileName } from '../metal-files.ts';
import { type ExportWay, startExports } from '../netroot/exports.ts';
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

  async orders(directory, job, _machine, from) {
    const config = await readConfig(directory);
    const { folder, base } = job;
    const seed = netrootSeed(directory, job);
    const way = exportWay(config, job, from);
    const { port, names } = await startExports({ folder, base, seed, modules: config.modules, way });
    return { NBD_PORT: port, DISK: names.disk, SEED: names.seed, MODULES: names.modules };
  },

  serve: () => Promise.resolve(false),
});

/** As it called, so it reaches them: by the socket that is its own, or from the address that it has. */
function exportWay({ sockets, address }: ServerConfig, { mac }: NetrootJob, from: string | null): ExportWay {
  if (from === null && sockets !== null) return { folder: join(sockets, macFileName(mac)) };
  if (from !== null && address !== null && isIP(from) === 4 && isIP(address.host) === 4)
    return { host: address.host, machine: from };
  throw new Unfit('disks on the server are served over IPv4 alone');
}
