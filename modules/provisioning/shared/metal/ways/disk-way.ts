import { ModuleError } from '../../../../../src/domain/errors.ts';
import { blockBytes } from '../../../../../src/lib/images/disk-stream.ts';
import { startFrom } from '../../bmc/switch-power.ts';
import { startAgent } from '../agent-run.ts';
import { readDisk } from '../capture/read-disk.ts';
import { whyNotStarted } from '../fits.ts';
import { removeJob } from '../jobs/job.ts';
import { writeLoadJob } from '../jobs/write-load-job.ts';
import type { Metal } from '../metal.ts';
import { forgetStream, prepareStream, type StreamManifest } from '../stream.ts';
import type { Way } from './way.ts';

/** The image is written to the machine's own disk, and from there the machine starts by itself. */
export const diskWay: Way = {
  action: 'load',
  starting: 'starting from its disk',

  async prepare(metal, revision) {
    const { directory } = metal.context;
    const stream = await prepareStream(metal.context, revision);
    checkFit(metal, stream);
    return async (job) => void (await writeLoadJob(directory, { ...job, stream }));
  },

  startAgent,

  writes(job) {
    if (job.action !== 'load') return undefined;
    return job.stream.extents.reduce((sum, [, count]) => sum + count, 0) * blockBytes;
  },

  async failed(job, error) {
    // A stream that does not arrive as it was kept may lie damaged here.
    if (job.action !== 'load' || !(error instanceof ModuleError)) return;
    if (error.facts.code === 'digest') await forgetStream(job.stream);
  },

  loaded: ({ context }) => removeJob(context.directory, context.node.mac),
  start: ({ bmc, context }) => startFrom(bmc, undefined, context),
  startedBy: ({ hardware }) => Promise.resolve(hardware.firmware),
  read: readDisk,
  isServed: () => Promise.resolve(true),
  unloaded: () => Promise.resolve(),
};

/** What is known before the machine says it itself. */
function checkFit({ context: { node }, hardware }: Metal, stream: StreamManifest): void {
  const unfit = whyNotStarted(stream, hardware.firmware);
  if (unfit) throw new ModuleError('unsatisfiable', `${node.name} cannot be loaded: ${unfit}`);
  const megabytes = Math.ceil(stream.leastBytes / 1024 ** 2);
  if (node.diskMb >= megabytes) return;
  throw new ModuleError(
    'unsatisfiable',
    `${node.name} has a disk of ${node.diskMb} MB; ${stream.image} needs ${megabytes} MB`,
  );
}
