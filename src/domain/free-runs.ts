/** Reads nodes' bits forward, day after day, and counts at which quarters a hold could begin. */
import { quartersPerDay } from './time.ts';

/** The bits of some nodes on one day, in columns: 1 is taken. */
export interface DayBits {
  /** Days since 1970-01-01, UTC. */
  readonly day: number;
  readonly nodes: readonly number[];
  readonly am: readonly number[];
  readonly pm: readonly number[];
}

export interface StartCounts {
  /** The next day, in order, without gaps. A node that is not in it is taken the whole day, or not free for long enough. */
  add(bits: DayBits): void;
  /** Of how many nodes a hold can begin at this quarter (counted since 1970): certain up to `knownUntil`. */
  at(quarter: number): number;
  /** The quarter up to which holds end on days that were added. */
  knownUntil(): number;
}

/**
 * `length`: quarters of a hold. `rests`: from which quarter on a node may be used, where not from the first; by its id.
 * Runs go on over midnight.
 */
export function countStarts(
  firstDay: number,
  days: number,
  length: number,
  rests: (node: number) => number = () => 0,
): StartCounts {
  const origin = firstDay * quartersPerDay;
  // how many more nodes there are at a quarter than at the one before
  const steps = new Int32Array(days * quartersPerDay + length + 2);
  let open = new Map<number, number>();
  let next = firstDay;
  let summed = 0;

  const count = (from: number, last: number, node: number) => {
    const first = Math.max(from, rests(node));
    if (last < first) return;
    steps[first - origin] = (steps[first - origin] ?? 0) + 1;
    steps[last + 1 - origin] = (steps[last + 1 - origin] ?? 0) - 1;
  };

  return {
    add({ day, nodes, am, pm }) {
      if (day !== next) throw new RangeError(`day ${day} after day ${next - 1}`);
      next++;
      const begin = day * quartersPerDay;
      const end = begin + quartersPerDay;
      const stillOpen = new Map<number, number>();
      for (const [place, node] of nodes.entries()) {
        eachFreeRun(am[place] ?? 0, pm[place] ?? 0, (first, last) => {
          const before = first === 0 ? open.get(node) : undefined;
          const from = before ?? begin + first;
          // what began before was counted as far as the day before it knew
          count(
            before === undefined ? from : Math.max(from, begin - length + 1),
            begin + last - length,
            node,
          );
          if (last === quartersPerDay) stillOpen.set(node, from);
        });
      }
      open = stillOpen;
      // holds that begin up to here end on a day that is known: their counts are final and may be summed up
      for (; summed < end - length - origin; summed++)
        steps[summed + 1] = (steps[summed + 1] ?? 0) + (steps[summed] ?? 0);
    },
    at: (quarter) => steps[quarter - origin] ?? 0,
    knownUntil: () => next * quartersPerDay - length,
  };
}

/** Calls back with each run of quarters `[first, last)` of a day that are free. */
export function eachFreeRun(am: number, pm: number, found: (first: number, last: number) => void): void {
  let first = -1;
  let at = 0;
  for (const half of [am, pm]) {
    // 48 bits are two words of 24
    for (const word of [half % 2 ** 24, Math.floor(half / 2 ** 24)]) {
      for (let bit = 0; bit < 24; ) {
        const rest = word >>> bit;
        const free = (rest & 1) === 0;
        const run = Math.min(free ? trailingZeros(rest) : trailingZeros(~rest), 24 - bit);
        if (free && first < 0) first = at;
        if (!free && first >= 0) {
          found(first, at);
          first = -1;
        }
        bit += run;
        at += run;
      }
    }
  }
  if (first >= 0) found(first, at);
}

/** 32 for 0. */
function trailingZeros(word: number): number {
  return word === 0 ? 32 : 31 - Math.clz32(word & -word);
}
