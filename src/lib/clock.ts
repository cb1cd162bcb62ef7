/**
 * The one clock of this process. It is the computer's, unless a simulated semester has it show another time, go faster, or stand still
 * until it is moved. What people at this computer wait for (a page, an answer) is none of its business.
 */
import { abortable } from './abortable.ts';
import { sleep } from './sleep.ts';

let rate = 1;
let shift = 0;
const standing = new Set<Standing>();

/** Somebody who waits for a clock that stands still. */
interface Standing {
  readonly at: number;
  readonly wake: () => void;
}

/** Epoch milliseconds. */
export function timeNow(): number {
  return rate === 1 && shift === 0 ? Date.now() : Math.round(Date.now() * rate + shift);
}

/** How many times as fast as the computer's clock it goes; 0: it stands still. */
export function clockRate(): number {
  return rate;
}

/** How much of it passes while people at this computer, or its processes, have so many milliseconds. */
export function lived(milliseconds: number): number {
  return milliseconds * Math.max(1, rate);
}

/** From now on it shows `at`, and goes on so many times as fast. Returns how to go back to the computer's clock. */
export function setClock(at: number, times: number): () => void {
  rate = times;
  shift = at - Date.now() * times;
  return () => {
    rate = 1;
    shift = 0;
    wakeAll(Number.POSITIVE_INFINITY);
  };
}

/** A clock that stands still is moved on, and whoever waits for a moment until then goes on. */
export function moveClock(to: number): void {
  shift += Math.max(0, to - timeNow());
  wakeAll(timeNow());
}

/** How many wait for it while it stands still. */
export function awaitedCount(): number {
  return standing.size;
}

/** The next moment that is waited for while it stands still; infinity: none. */
export function nextAwaited(): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { at } of standing) next = Math.min(next, at);
  return next;
}

/** Waits until so many milliseconds have passed by it; rejects with `signal.reason` at once when aborted. */
export async function pass(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (rate > 0) return sleep(milliseconds / rate, signal);
  const at = timeNow() + Math.ceil(milliseconds);
  let mine: Standing | null = null;
  const passed = new Promise<void>((wake) => {
    mine = { at, wake };
    standing.add(mine);
  });
  try {
    await abortable(passed, signal);
  } finally {
    if (mine) standing.delete(mine);
  }
}

function wakeAll(until: number): void {
  for (const waiting of standing) if (waiting.at <= until) waiting.wake();
}
