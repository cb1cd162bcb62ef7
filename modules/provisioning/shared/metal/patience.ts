import type { JobBase } from './jobs/job-base.ts';
import type { MetalSettings } from './settings.ts';

/** How long a job may take: without anything new, and altogether. */
export interface Patience {
  /** Milliseconds. */
  readonly stillMs: number;
  readonly totalMs: number;
}

/** What the pool's settings give a job; cleaning has a time of its own. */
export function jobPatience(
  { silentSeconds, writeSeconds, cleanSeconds }: MetalSettings,
  job: Pick<JobBase, 'clean'> | null,
): Patience {
  const total = writeSeconds + (job?.clean ? cleanSeconds : 0);
  return { stillMs: silentSeconds * 1000, totalMs: total * 1000 };
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
