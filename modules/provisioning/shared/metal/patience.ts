import type { Job } from './jobs/kinds.ts';
import type { MetalSettings } from './settings.ts';

/** How long a job may take: without anything new, and altogether. */
export interface Patience {
  /** Milliseconds. */
  readonly stillMs: number;
  readonly totalMs: number;
}

/** Each disk is tried for a time of its own. */
const mostDisks = 64;

/** What the pool's settings give a job; cleaning and burning in have times of their own. */
export function jobPatience(
  { silentSeconds, writeSeconds, cleanSeconds }: MetalSettings,
  job: Job,
): Patience {
  const { memory, disk, network } =
    job.action === 'inspect' ? job.seconds : { memory: 0, disk: 0, network: 0 };
  const burnIn = memory + disk * mostDisks + network;
  const total = writeSeconds + (job.clean ? cleanSeconds : 0) + burnIn;
  return { stillMs: silentSeconds * 1000, totalMs: total * 1000 };
}

/** Its boot script gives up within a minute (boot-script.ts), so that the machine is off again within three. */
const scriptStillMs = 150_000;

/** With a machine whose boot script fetches the agent, as the last thing that was heard of it. */
export function patienceIn(phase: string | undefined, patience: Patience): Patience {
  if (phase !== 'script') return patience;
  return { ...patience, stillMs: Math.min(patience.stillMs, scriptStillMs) };
}

export interface Watched {
  /** When the job began, and when something of it was last new; milliseconds of one clock. */
  readonly began: number;
  readonly moved: number;
}

/** A machine that says the same again has not moved; one that moves slowly may do so until the total is over. */
export function patienceOver(
  { began, moved }: Watched,
  now: number,
  patience: Patience,
): 'still' | 'total' | null {
  if (now - moved >= patience.stillMs) return 'still';
  return now - began >= patience.totalMs ? 'total' : null;
}
