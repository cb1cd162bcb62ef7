/** Waits for a job's end, and says on the way how far it is. */

import type { CleanedDisk } from '../../../../src/domain/contracts/facts.ts';
import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { type FailureKind, ModuleError } from '../../../../src/domain/errors.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import type { Inventory } from './inventory.ts';
import { type Report, readReports } from './jobs/job-log.ts';
import { neverStarted, phasesOf } from './jobs/job-phases.ts';
import type { Job } from './jobs/kinds.ts';
import { type Patience, patienceIn, patienceOver } from './patience.ts';

interface Following {
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly patience: Patience;
}

export interface JobDone {
  readonly inventory: Inventory | null;
  /** What came of each disk; null where none had to be cleaned. */
  readonly cleaned: readonly CleanedDisk[] | null;
  /** When each phase began, epoch milliseconds. */
  readonly phases: readonly { readonly phase: string; readonly at: number }[];
}

const look = 250;

/** What the agent's codes mean; any other is the node's own trouble. */
const kinds: Readonly<Record<string, FailureKind>> = { unfit: 'unsatisfiable' };

/**
 * Resolves when the agent has done it. `unsatisfiable` when it cannot be done to the machine, `node_broken`
 * when its agent failed (`facts.code` says how) or nothing new was heard for too long; `signal.reason` when aborted.
 */
export async function followProgress(job: Job, following: Following): Promise<JobDone> {
  const { directory, signal } = following;
  const began = performance.now();
  const say = sayer(job, following.progress);
  for (let seen = '', moved = began; ; ) {
    const reports = await readReports(directory, job);
    const last = reports.at(-1);
    const now = last === undefined ? '' : `${last.phase} ${last.fraction}`;
    if (now !== seen) [seen, moved] = [now, performance.now()];
    say(reports);
    // What the agent said a moment before its end may arrive after it.
    const end = reports.find(({ phase }) => phase === 'done' || phase === 'failed');
    if (end?.phase === 'done') return doneOf(reports);
    if (end) throw failureOf(job, end, cleanedOf(reports));
    const patience = patienceIn(last?.phase, following.patience);
    const over = patienceOver({ began, moved }, performance.now(), patience);
    if (over) throw tooLong(job, last?.phase, { over, patience, cleaned: cleanedOf(reports) });
    await sleep(look, signal);
  }
}

/** Says every phase once and in its order, however fast they follow on each other: what arrives late is behind us. */
function sayer(job: Job, progress: Progress): (reports: readonly Report[]) => void {
  const phases = phasesOf(job);
  const order = [...phases.keys()];
  let said = 0;
  let furthest = 0;
  return (reports) => {
    for (const { phase, fraction, at } of reports.slice(said)) {
      if (order.indexOf(phase) < furthest) continue;
      furthest = order.indexOf(phase);
      const words = phases.get(phase);
      progress(words?.step ?? phase, fraction, { phase: words?.phase, agoMs: Math.max(0, Date.now() - at) });
    }
    said = reports.length;
  };
}

function doneOf(reports: readonly Report[]): JobDone {
  const firsts = reports.filter(
    (report, index) => reports.findIndex(({ phase }) => phase === report.phase) === index,
  );
  return {
    inventory: reports.find(({ inventory }) => inventory)?.inventory ?? null,
    cleaned: cleanedOf(reports),
    phases: firsts.map(({ phase, at }) => ({ phase, at })),
  };
}

function cleanedOf(reports: readonly Report[]): JobDone['cleaned'] {
  return reports.findLast(({ cleaned }) => cleaned)?.cleaned ?? null;
}

function failureOf(
  job: Job,
  { code = '', says = 'its agent failed' }: Report,
  cleaned: JobDone['cleaned'],
): ModuleError {
  return new ModuleError(kinds[code] ?? 'node_broken', `${job.node}: ${says}`, { facts: { code, cleaned } });
}

function tooLong(
  job: Job,
  phase: string | undefined,
  { over, patience, cleaned }: { over: 'still' | 'total'; patience: Patience; cleaned: JobDone['cleaned'] },
): ModuleError {
  const seconds = Math.round((over === 'still' ? patience.stillMs : patience.totalMs) / 1000);
  const silence = phase === undefined ? neverStarted : phasesOf(job).get(phase)?.silence;
  const sentence =
    over === 'still'
      ? `${job.node} ${silence} (nothing new for ${seconds} s)`
      : `${job.node} took longer than ${seconds} s for its disk`;
  return new ModuleError('node_broken', sentence, {
    facts: { phase: phase ?? 'nothing', over, cleaned },
  });
}
