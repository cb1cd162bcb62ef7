/** Switching a machine by its BMC: told, and then read until it is so. What a BMC says it did is not believed. */
import type { Progress } from '../../../../src/domain/contracts/module-context.ts';
import { sleep } from '../../../../src/lib/sleep.ts';
import type { Bmc, BmcPower, BootOverride } from './bmc.ts';
import { BmcError, type BmcFault } from './bmc-error.ts';

export interface Switching {
  readonly signal: AbortSignal;
  readonly progress?: Progress;
  /** Milliseconds that a machine has to be as it was told to be: 60,000 unless told. */
  readonly waitMs?: number;
  /** Milliseconds that its system has to shut down by itself before the plug is pulled: 0 (it is not asked) unless told. */
  readonly softMs?: number;
  /** Milliseconds before the second look at the power, 500 unless told; from there on half as long again each time, up to 5 s. */
  readonly pauseMs?: number;
}

const usualWait = 60_000;
const usualPause = 500;
const longestPause = 5_000;

/** Switches the machine on. False when it was on. Throws BmcError `nonsense` when it was told and stays off. */
export async function switchOn(bmc: Bmc, options: Switching): Promise<boolean> {
  if ((await bmc.power(options.signal)) === 'on') return false;
  options.progress?.('switching on');
  await turn(bmc, 'on', options);
  return true;
}

/**
 * Switches the machine off: its system first where it is given time for it, else (also when it takes no notice, or the BMC has
 * no such button) by the plug. False when it was off. Throws BmcError `nonsense` when it was told and stays on.
 */
export async function switchOff(bmc: Bmc, options: Switching): Promise<boolean> {
  if ((await bmc.power(options.signal)) === 'off') return false;
  if (await shutDown(bmc, options)) return true;
  options.progress?.('switching off');
  await turn(bmc, 'off', options);
  return true;
}

/**
 * Starts the machine from `override`: off, then the override, then on, and each is read back. Never by a reset or a cycle: by
 * those some BMCs forget the override. `null` clears it, `undefined` leaves it alone. A BMC that refuses it and has no such function
 * at all is no reason to stop: its machine's firmware must try the network first by itself.
 */
export async function startFrom(
  bmc: Bmc,
  override: BootOverride | null | undefined,
  options: Switching,
): Promise<void> {
  await switchOff(bmc, options);
  if (override !== undefined) await setOverride(bmc, override, options);
  await switchOn(bmc, options);
}

async function setOverride(bmc: Bmc, override: BootOverride | null, options: Switching): Promise<void> {
  const { signal, progress } = options;
  try {
    await untilNotBusy(() => bmc.setBootOverride(override, signal), options);
  } catch (error) {
    if (!hasFault(error, 'unsupported')) throw error;
    if ((await bmc.capabilities(signal)).bootOverride.length > 0) throw error;
    progress?.('starting as the firmware is set');
  }
}

async function shutDown(bmc: Bmc, options: Switching): Promise<boolean> {
  const { softMs = 0, signal } = options;
  if (softMs === 0) return false;
  options.progress?.('shutting down');
  try {
    await bmc.soft(signal);
  } catch (error) {
    if (hasFault(error, 'unsupported')) return false;
    throw error;
  }
  return await reaches(bmc, 'off', softMs, options);
}

async function turn(bmc: Bmc, wanted: BmcPower, options: Switching): Promise<void> {
  const { waitMs = usualWait, signal } = options;
  await untilNotBusy(() => bmc[wanted](signal), options);
  if (await reaches(bmc, wanted, waitMs, options)) return;
  const other = wanted === 'on' ? 'off' : 'on';
  throw new BmcError(
    'nonsense',
    `The BMC at ${bmc.address} said that it switches the machine ${wanted}, which is still ${other} after ${Math.round(waitMs / 1000)} s: look at the machine and its supply, or restart the BMC.`,
  );
}

/** Some BMCs want a minute between off and on. */
async function untilNotBusy<T>(work: () => Promise<T>, options: Switching): Promise<T> {
  const until = performance.now() + (options.waitMs ?? usualWait);
  for (const pause of pauses(options)) {
    try {
      return await work();
    } catch (error) {
      if (!hasFault(error, 'busy') || performance.now() >= until) throw error;
      await sleep(pause, options.signal);
    }
  }
  throw new Error('pauses have no end');
}

/** False when the time is over; an answer that could not be had at the last look is thrown. */
async function reaches(
  bmc: Bmc,
  wanted: BmcPower,
  milliseconds: number,
  options: Switching,
): Promise<boolean> {
  const until = performance.now() + milliseconds;
  for (const pause of pauses(options)) {
    const last = performance.now() >= until;
    try {
      if ((await bmc.power(options.signal)) === wanted) return true;
      if (last) return false;
    } catch (error) {
      if (last || !hasFault(error, 'busy', 'unreachable')) throw error;
    }
    await sleep(Math.min(pause, Math.max(until - performance.now(), 0)), options.signal);
  }
  return false;
}

function* pauses({ pauseMs = usualPause }: Switching): Generator<number> {
  for (let pause = pauseMs; ; pause = Math.min(pause * 1.5, longestPause)) yield pause;
}

function hasFault(error: unknown, ...faults: BmcFault[]): boolean {
  return error instanceof BmcError && faults.includes(error.fault);
}
