/** Waits for a job's end, and says on the way how far it is. */

import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { type FailureKind, ModuleError } from '../../../../src/domain/errors.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import type { Inventory } from './inventory.ts';
import type { Job } from './job.ts';
import { type JobPhase, jobPhases, type Report, readReports } from './job-log.ts';
import { type Patience, patienceOver } from './patience.ts';
import { forgetStream } from './stream.ts';

interface Following {
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
  readonly patience: Patience;
}

export interface JobDone {
  readonly inventory: Inventory | null;
  /** When each phase began, epoch milliseconds. */
  readonly phases: readonly { readonly phase: JobPhase; readonly at: number }[];
}

const look = 250;

/** None says "start": on the page that is the step after the image was loaded. */
const steps: Readonly<Record<JobPhase, string>> = {
  script: 'fetching the imaging agent',
  system: 'waking the imaging agent',
  agent: 'looking at the hardware',
  writing: 'writing the disk',
  sealing: 'checking the disk',
  done: 'the disk is written',
  failed: 'the imaging agent failed',
};

/** What a machine that went silent after a phase probably lacks. */
const silence: Readonly<Record<JobPhase | 'nothing', string>> = {
  nothing:
    'did not start from the network: look at its boot device, its cable, and whether DHCP answers on the imaging network',
  script: 'took its boot script, but not the agent: it lost the image server, or has too little memory',
  system:
    'took the imaging agent, which never called: its console says why; the kernel may lack the driver of the network card',
  agent: 'stopped after its hardware was looked at',
  writing: 'stopped while its disk was being written; the disk does not start',
  sealing: 'stopped while its disk was being checked; the disk does not start',
  done: 'is done',
  failed: 'failed',
};

/** What the agent's codes mean for the load; any other is the node's own trouble. */
const kinds: Readonly<Record<string, FailureKind>> = { unfit: 'unsatisfiable' };

/**
 * Resolves when the disk was written and checked. `unsatisfiable` when the image does not fit the machine, `node_broken`
 * when its agent failed or nothing new was heard for too long; `signal.reason` when aborted.
 */
export async function followProgress(job: Job, following: Following): Promise<JobDone> {
  const { directory, signal, patience } = following;
  const began = performance.now();
  const say = sayer(following.progress);
  for (let seen = '', moved = began; ; ) {
    const reports = await readReports(directory, job);
    const last = reports.at(-1);
    const now = last === undefined ? '' : `${last.phase} ${last.fraction}`;
    if (now !== seen) [seen, moved] = [now, performance.now()];
    say(reports);
    // What the agent said a moment before its end may arrive after it.
    const end = reports.find(({ phase }) => phase === 'done' || phase === 'failed');
    if (end?.phase === 'done') return doneOf(reports);
    if (end?.code === 'digest') await forgetStream(job.stream);
    if (end) throw failureOf(job, end);
    const over = patienceOver({ began, moved }, performance.now(), patience);
    if (over) throw tooLong(job, last?.phase ?? 'nothing', over, patience);
    await sleep(look, signal);
  }
}

/** Says every phase once and in its order, however fast they follow on each other: what arrives late is behind us. */
function sayer(progress: Progress): (reports: readonly Report[]) => void {
  let said = 0;
  let furthest = 0;
  return (reports) => {
    for (const { phase, fraction } of reports.slice(said)) {
      if (jobPhases.indexOf(phase) < furthest) continue;
      furthest = jobPhases.indexOf(phase);
      progress(steps[phase], fraction);
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
    phases: firsts.map(({ phase, at }) => ({ phase, at })),
  };
}

function failureOf(job: Job, { code = '', says = 'its agent failed' }: Report): ModuleError {
  return new ModuleError(kinds[code] ?? 'node_broken', `${job.node}: ${says}`, { facts: { code } });
}

function tooLong(
  job: Job,
  phase: JobPhase | 'nothing',
  over: 'still' | 'total',
  patience: Patience,
): ModuleError {
  const seconds = Math.round((over === 'still' ? patience.stillMs : patience.totalMs) / 1000);
  const sentence =
    over === 'still'
      ? `${job.node} ${silence[phase]} (nothing new for ${seconds} s)`
      : `${job.node} took longer than ${seconds} s for its disk`;
  return new ModuleError('node_broken', sentence, { facts: { phase, over } });
}
