/** The night, in which nobody is asked anything. */
import { addDays, momentOf, wallClock } from './wall-clock.ts';

const quietFrom = 23;
const quietUntil = 7;

/** From 23 to 7 on the clock on their wall. */
export function isQuiet(at: number, zone: string): boolean {
  const hour = Number(wallClock(at, zone).slice(11, 13));
  return hour >= quietFrom || hour < quietUntil;
}

/** The moment itself, or the end of the night that it lies in. */
export function whenAwake(at: number, zone: string): number {
  if (!isQuiet(at, zone)) return at;
  const wall = wallClock(at, zone);
  const today = wall.slice(0, 10);
  const date = Number(wall.slice(11, 13)) >= quietFrom ? addDays(today, 1) : today;
  return momentOf(`${date}T0${quietUntil}:00`, zone);
}
