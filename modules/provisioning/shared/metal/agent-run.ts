/** What every job of an agent has around it, whatever it is: its names, its start, the wait for it, and the machine off at the end. */
import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { artefactName } from '../../../../src/domain/contracts/provisioning.ts';
import { startFrom, switchOff } from '../bmc/switch-power.ts';
import { followProgress, type JobDone } from './follow-progress.ts';
import { removeJob, writeJob } from './jobs/job.ts';
import type { JobBase } from './jobs/job-base.ts';
import type { Job } from './jobs/kinds.ts';
import type { Metal } from './metal.ts';
import { jobPatience } from './patience.ts';
import { serveImages } from './serve-images.ts';
import { whileOn } from './while-on.ts';

/** Whose job it is, and until when. */
export function jobOf({ context: { installation, node, deadline } }: Metal): Omit<JobBase, 'id'> {
  const artefact = artefactName(installation, node);
  return { artefact, node: node.name, mac: node.mac.toLowerCase(), expiresAt: deadline };
}

/** Starts the machine, which is off or is switched off, from the network this once. */
export async function startAgent({ bmc, hardware: { firmware }, context }: Metal): Promise<void> {
  await startFrom(bmc, { device: 'network', firmware, lasts: 'once' }, context);
}

/** Has the machine, which is switched off for it, do this and nothing else. */
export async function beginJob<Wanted extends Job>(
  metal: Metal,
  what: Omit<Wanted, Exclude<keyof JobBase, 'clean'>>,
): Promise<Wanted> {
  const { context, bmc } = metal;
  const { directory, node } = context;
  await removeJob(directory, node.mac);
  await switchOff(bmc, context);
  await serveImages(context);
  const job = await writeJob<Wanted>(directory, { ...jobOf(metal), ...what } as Omit<Wanted, 'id'>);
  await startAgent(metal);
  return job;
}

/** Waits until its agent has done it, as long as the machine is on; the image server is kept there. Rejects as `followProgress`. */
export async function followAgent(
  metal: Metal,
  job: Job,
  progress: Progress = metal.context.progress,
): Promise<JobDone> {
  const { directory, settings } = metal.context;
  const patience = jobPatience(settings, job);
  return await whileOn(
    metal,
    (signal) => followProgress(job, { directory, signal, progress, patience }),
    () => serveImages(metal.context),
  );
}

/** However it ended: tried for a minute, though the task may be over by then. `which`: "a machine that was captured". */
export async function leaveOff({ context, bmc }: Metal, which: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  await switchOff(bmc, { signal }).catch((error: unknown) =>
    context.log.warn({ err: error, node: context.node.name }, `${which} may still be on`),
  );
}
