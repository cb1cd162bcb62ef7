import type { RevisionFacts } from '../../../../../src/domain/contracts/facts.ts';
import { BmcError } from '../../bmc/bmc-error.ts';
import { startFrom, switchOff } from '../../bmc/switch-power.ts';
import { type ImageFile, readImageFile } from '../../image-file.ts';
import { checkIntact, doubt } from '../../intact-image.ts';
import { flattenOverlay, startedBy } from '../capture/flatten-overlay.ts';
import { forgetToken } from '../image-server/tokens.ts';
import { readJob } from '../jobs/job.ts';
import { writeNetrootJob } from '../jobs/write-netroot-job.ts';
import { loadFolder } from '../load-record.ts';
import type { Metal } from '../metal.ts';
import { areExported } from '../netroot/exports.ts';
import { makeOverlay } from '../netroot/overlay.ts';
import { serveImages } from '../serve-images.ts';
import type { Way } from './way.ts';

/**
 * The machine's disk lies here, as an overlay on the image that is this load's alone, and is served to it by an export of
 * its own (../netroot/exports.ts). It starts from the network each time, by the job that stays as long as the load.
 */
export const netrootWay: Way = {
  action: 'netroot',
  starting: 'starting its system',

  async prepare({ context }, revision) {
    const image = await readImageFile(revision);
    await intact(revision);
    return async (job) => {
      const folder = loadFolder(context);
      await makeOverlay(folder, image, sizeOf(image, context.node.diskMb), context.signal);
      const { file, format } = image;
      await writeNetrootJob(context.directory, {
        ...job,
        ...{ folder, base: { file, format } },
        // A machine that is started again needs it then; it goes with the load.
        expiresAt: Number.MAX_SAFE_INTEGER,
      });
    };
  },

  startAgent: startFromNetwork,
  writes: () => undefined,
  failed: () => Promise.resolve(),
  loaded: () => Promise.resolve(),

  async start(metal) {
    const { context, bmc } = metal;
    await serveImages(context);
    await switchOff(bmc, context);
    const job = await readJob(context.directory, context.node.mac);
    if (job) await forgetToken(context.directory, job);
    await startFromNetwork(metal);
  },

  startedBy,
  read: flattenOverlay,
  isServed: ({ context }) => areExported(loadFolder(context)),

  async unloaded({ bmc, context }) {
    await bmc.setBootOverride(null, context.signal).catch((error: unknown) => {
      // One that has no such function never had an override.
      if (!(error instanceof BmcError && error.fault === 'unsupported')) throw error;
    });
  },
};

/** It has to find the server again when it restarts by itself; `unload` takes the override back. */
async function startFromNetwork({ bmc, hardware, context }: Metal): Promise<void> {
  const { bootOverride } = await bmc.capabilities(context.signal);
  const lasts = bootOverride.includes('always') ? 'always' : 'once';
  await startFrom(bmc, { device: 'network', firmware: hardware.firmware, lasts }, context);
}

async function intact(revision: RevisionFacts): Promise<void> {
  try {
    await checkIntact(revision);
  } catch (error) {
    doubt(revision);
    throw error;
  }
}

/** For a seed and the second copy of a table, behind everything else on a machine's own disk. */
const heldBackMb = 2;

/** As large as the machine's own disk would be for its system: what was captured of one fits the other. */
function sizeOf({ virtualBytes }: ImageFile, diskMb: number): number {
  return Math.max(virtualBytes, (diskMb - heldBackMb) * 1024 ** 2);
}
