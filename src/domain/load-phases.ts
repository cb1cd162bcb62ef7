/** The phases of a load, for every kind of machine: which there are, where one ends and the next begins, and which took too long. */
import { second } from './time.ts';

/**
 * In the order in which a machine goes through them; no kind of machine has them all. `prepare`: what is done before it is
 * touched; `power`: until it is on; `firmware`: until it asks for something to start; `network`: until the imaging agent was
 * fetched; `agent`: until it knows the machine; `clean`: until nothing of its last
 * person is left; `write`; `seal`: identity, and what makes the disk start; `boot`: until its own
 * system answers; `check`: what is looked at before it counts as loaded.
 */
export const loadPhases = [
  'prepare',
  'power',
  'firmware',
  'network',
  'agent',
  'clean',
  'write',
  'seal',
  'boot',
  'check',
] as const;
export type LoadPhase = (typeof loadPhases)[number];

/** As people call them. */
export const phaseTitles: Readonly<Record<LoadPhase, string>> = {
  prepare: 'Preparing',
  power: 'Power',
  firmware: 'Firmware',
  network: 'Network start',
  agent: 'Imaging agent',
  clean: 'Cleaning',
  write: 'Writing',
  seal: 'Sealing',
  boot: 'Starting up',
  check: 'Checking',
};

/** What a person looks at when a machine stays in a phase. */
export const whereToLook: Readonly<Record<LoadPhase, string>> = {
  prepare: 'Look at this computer: what it reads the image from may be busy.',
  power: 'Look at its BMC, and whether the machine has power.',
  firmware: 'Look at its console: the firmware may wait for a key, or try other devices first.',
  network: 'Look at its cable, and let its pool be tested: that says who answers DHCP there.',
  agent: 'Look at its console: the imaging agent may lack the driver of a card.',
  clean: 'Look at its disks: one that is broken or very large takes long.',
  write: 'Look at its disk and at its network: one of them is slow.',
  seal: 'Look at its disk: what was written does not get onto it.',
  boot: 'Look at its console: its own system may not start, or find no network.',
  check: 'Look at its console, and whether its SSH answers.',
};

export const loadOutcomes = ['running', 'loaded', 'failed'] as const;
export type LoadOutcome = (typeof loadOutcomes)[number];

/** A phase that began, as it is kept. `at` is in epoch milliseconds, `bytes` what it writes. */
export interface BegunPhase {
  readonly phase: LoadPhase;
  readonly at: number;
  readonly bytes?: number | undefined;
}

/** What is said of a load's phase: which it is, how long ago it began, and what it writes. */
export interface PhaseSaid {
  readonly phase?: LoadPhase | undefined;
  readonly agoMs?: number | undefined;
  readonly bytes?: number | undefined;
}

/** The phases with the one that is said now. What is of no phase belongs to the one that goes on. */
export function withPhase(
  begun: readonly BegunPhase[],
  { phase, agoMs = 0, bytes }: PhaseSaid,
  now: number,
): readonly BegunPhase[] {
  const last = begun.at(-1);
  if (phase === undefined) return last ? begun : [{ phase: 'prepare', at: now }];
  const at = Math.round(now - agoMs);
  const known = begun.some((one) => one.phase === phase);
  // whoever goes on with a load hears again what was kept before
  if (last?.phase === phase || (known && at <= (last?.at ?? 0))) return begun;
  return [...begun, { phase, at: Math.max(last?.at ?? 0, at), ...(bytes ? { bytes } : {}) }];
}

/** A phase and how long it took, in milliseconds. */
export interface PhaseTime {
  readonly phase: LoadPhase;
  readonly milliseconds: number;
  readonly bytes: number | null;
}

/** How long each took, from the load's beginning to its end: together they are the whole of it, for nothing lies between. */
export function phaseTimes(begun: readonly BegunPhase[], beganAt: number, endedAt: number): PhaseTime[] {
  const first = begun[0] ? [] : [{ phase: 'prepare', at: beganAt } as BegunPhase];
  const all = [...first, ...begun].map((one, index) => (index === 0 ? { ...one, at: beganAt } : one));
  return all.map(({ phase, at, bytes = null }, index) => ({
    phase,
    milliseconds: Math.max(0, (all[index + 1]?.at ?? Math.max(endedAt, at)) - at),
    bytes,
  }));
}

/** The whole time of each phase: one that came twice is one. */
function timeByPhase(times: readonly PhaseTime[]): Map<LoadPhase, number> {
  const sums = new Map<LoadPhase, number>();
  for (const { phase, milliseconds } of times) sums.set(phase, (sums.get(phase) ?? 0) + milliseconds);
  return sums;
}

/** The median of each phase over earlier loads, in the order of phases. */
export function usualPhases(earlier: readonly (readonly PhaseTime[])[]): PhaseTime[] {
  const all = earlier.map(timeByPhase);
  return loadPhases.flatMap((phase) => {
    const times = all.flatMap((one) => one.get(phase) ?? []).toSorted((a, b) => a - b);
    // a phase that most loads do not have is none of the usual ones
    if (times.length * 2 <= all.length) return [];
    return [{ phase, milliseconds: times[Math.floor((times.length - 1) / 2)] ?? 0, bytes: null }];
  });
}

/** A phase that took at least twice as long as usual. */
export interface SlowerPhase {
  readonly phase: LoadPhase;
  readonly milliseconds: number;
  readonly usual: number;
}

/** Of fewer loads nothing is usual yet. */
export const enoughLoads = 5;
/** What is lost by less than this nobody looks for. */
const leastLost = 2 * second;

/** For less than this nobody is called. */
const worthACall = 30 * second;

/** From when on a phase that has begun takes at least twice as long as usual, and enough to call somebody; null: nobody knows what is usual. */
export function slowFrom({ phase, at }: BegunPhase, usual: readonly PhaseTime[]): number | null {
  const before = usual.find((one) => one.phase === phase)?.milliseconds;
  return before === undefined ? null : at + before + Math.max(before, worthACall);
}

/** The phases that at least doubled against the usual ones. */
export function slowerPhases(times: readonly PhaseTime[], usual: readonly PhaseTime[]): SlowerPhase[] {
  const taken = timeByPhase(times);
  return usual.flatMap(({ phase, milliseconds: before }) => {
    const milliseconds = taken.get(phase) ?? 0;
    const doubled = milliseconds >= 2 * before && milliseconds - before >= leastLost;
    return doubled ? [{ phase, milliseconds, usual: before }] : [];
  });
}
