import type { PhaseWords } from './job-kind.ts';
import { type Job, kindOf } from './kinds.ts';

/** Until the agent begins with what its kind of job is. */
const starting: Readonly<Record<string, PhaseWords>> = {
  script: {
    step: 'fetching the imaging agent',
    silence: 'took its boot script, but not the agent: it lost the image server, or has too little memory',
    phase: 'network',
  },
  system: {
    step: 'waking the imaging agent',
    silence:
      'took the imaging agent, which never called: its console says why; where that kernel has no driver of the network card, choose "generic" as agentKernel of the pool',
    phase: 'agent',
  },
  agent: {
    step: 'looking at the hardware',
    silence: 'stopped after its hardware was looked at',
    phase: 'agent',
  },
  cleaning: {
    step: 'cleaning the disks',
    silence: 'stopped while its disks were being cleaned; nobody is given it before they are',
    phase: 'clean',
  },
};

/** What a machine probably lacks of which nothing was heard at all. */
export const neverStarted =
  'did not start from the network: look at its boot device, its cable, whether DHCP answers on the imaging network, and whether its Secure Boot is off';

/** Every phase of a job in their order; `failed` may follow on any. */
export function phasesOf(job: Pick<Job, 'action'>): ReadonlyMap<string, PhaseWords> {
  const { phases, done } = kindOf(job);
  const ends: Readonly<Record<string, PhaseWords>> = {
    done: { step: done, silence: 'is done', phase: 'boot' },
    failed: { step: 'the imaging agent failed', silence: 'failed' },
  };
  return new Map(Object.entries({ ...starting, ...phases, ...ends }));
}
