/**
 * Windows of time and their quarter hours. Times are UTC epoch milliseconds, windows half-open `[from, until)`.
 * A node's day is 96 quarters in two 48-bit integers (design, section 5): 48 bits are exact in a JavaScript number and in both engines.
 */
export const second = 1_000;
export const minute = 60_000;
export const quarter = 15 * minute;
export const hour = 60 * minute;
export const day = 24 * hour;
const quartersPerHalf = 48;
export const quartersPerDay = 96;

export interface Window {
  readonly from: number;
  readonly until: number;
}

export function floorQuarter(at: number): number {
  return Math.floor(at / quarter) * quarter;
}

export function ceilQuarter(at: number): number {
  return Math.ceil(at / quarter) * quarter;
}

/**
 * The hold of a node: `[floor15(start - lead), ceil15(end + turnover))`, lead and turnover in milliseconds,
 * each counted as 0 when under a minute (design, section 3).
 */
export function holdWindow(start: number, end: number, lead: number, turnover: number): Window {
  const before = lead < minute ? 0 : lead;
  const after = turnover < minute ? 0 : turnover;
  return { from: floorQuarter(start - before), until: ceilQuarter(end + after) };
}

/** The quarters of one UTC day: `day` counts days since 1970-01-01, `am` and `pm` are 48-bit masks, bit 0 the first quarter. */
export interface DayMask {
  readonly day: number;
  readonly am: number;
  readonly pm: number;
}

/** The masks of a window whose ends lie on quarters, one per touched day, days ascending. Throws RangeError otherwise. */
export function dayMasks(window: Window): DayMask[] {
  const { from, until } = window;
  if (from % quarter !== 0 || until % quarter !== 0 || until <= from) {
    throw new RangeError(`not a window of quarter hours: [${from}, ${until})`);
  }
  const masks: DayMask[] = [];
  for (let d = Math.floor(from / day); d * day < until; d++) {
    const first = Math.max(0, (from - d * day) / quarter);
    const last = Math.min(quartersPerDay, (until - d * day) / quarter);
    masks.push({
      day: d,
      am: halfMask(first, last),
      pm: halfMask(first - quartersPerHalf, last - quartersPerHalf),
    });
  }
  return masks;
}

function halfMask(first: number, last: number): number {
  const low = Math.min(Math.max(first, 0), quartersPerHalf);
  const high = Math.min(Math.max(last, 0), quartersPerHalf);
  return high > low ? 2 ** high - 2 ** low : 0;
}

/** All 48 bits: a whole half day. */
export const fullHalf = 2 ** quartersPerHalf - 1;

/** "40 s", "3 min", "2 h 5 min", "2 days 8 h", "8 days": a duration in words, rounded up so that it never promises too much. */
export function inWords(milliseconds: number): string {
  const seconds = Math.ceil(Math.max(0, milliseconds) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const whole = Math.ceil(minutes / 60);
  if (whole > 7 * 24 || whole % 24 === 0) return `${Math.ceil(whole / 24)} days`;
  return `${Math.floor(whole / 24)} days ${whole % 24} h`;
}
