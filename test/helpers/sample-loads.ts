/** Loads as services would answer them: one that runs, one that took longer than usual, one that failed, one of a simulated machine. */
import type { PhaseTime } from '../../src/domain/load-phases.ts';
import type { LoadView } from '../../src/services/views.ts';

const second = 1_000;

const metal: readonly PhaseTime[] = [
  { phase: 'prepare', milliseconds: 0.2 * second, bytes: null },
  { phase: 'power', milliseconds: 3.1 * second, bytes: null },
  { phase: 'firmware', milliseconds: 17 * second, bytes: null },
  { phase: 'network', milliseconds: 2.4 * second, bytes: null },
  { phase: 'agent', milliseconds: 4.9 * second, bytes: null },
  { phase: 'write', milliseconds: 41.5 * second, bytes: 4_650_000_000 },
  { phase: 'seal', milliseconds: 0.6 * second, bytes: null },
  { phase: 'boot', milliseconds: 33 * second, bytes: null },
  { phase: 'check', milliseconds: 1.3 * second, bytes: null },
];

const total = (phases: readonly PhaseTime[]) =>
  phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0);

/** The loads of a machine as of `now`, newest first. */
export function sampleLoads(now: number): LoadView[] {
  const common = {
    ...{ node: { id: 2, name: 'vm-2' }, pool: 'local', taskId: 9, why: 'for a booking' },
    ...{ reservation: { id: 7, user: 'student' }, image: 'tiny-v1', model: 'Dell Inc. iDRAC9' },
    ...{ usual: metal, slower: [], step: null, fraction: null, failure: null },
  };
  const running = metal
    .slice(0, 6)
    .map((one) => (one.phase === 'write' ? { ...one, milliseconds: 12_000 } : one));
  const slow = metal.map((one) => (one.phase === 'firmware' ? { ...one, milliseconds: 35 * second } : one));
  return [
    {
      ...{ ...common, id: 24, at: now - total(running), phases: running, milliseconds: total(running) },
      ...{ outcome: 'running', step: 'writing the disk', fraction: 0.29 },
    },
    {
      ...{ ...common, id: 23, at: now - 80 * 60 * second, phases: slow, milliseconds: total(slow) },
      ...{ outcome: 'loaded', slower: [{ phase: 'firmware', milliseconds: 35_000, usual: 17_000 }] },
    },
    {
      ...{ ...common, id: 22, at: now - 200 * 60 * second, phases: metal.slice(0, 3), milliseconds: 20_300 },
      ...{ outcome: 'failed', reservation: null, why: 'cleaned and loaded', usual: [] },
      failure: 'vm-2 did not start from the network: look at its boot device, and whether DHCP answers',
    },
  ];
}
