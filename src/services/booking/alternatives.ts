import { fits } from '../../../db/repositories/booking.ts';
import type { Reader } from '../../../db/transaction.ts';
import type { Alternative } from '../../domain/errors.ts';
import { ceilQuarter, day, inWords, minute, quarter } from '../../domain/time.ts';
import { type Plan, wantOf, windows } from './plan.ts';

const mostDays = 7;
const mostStarts = 3;

interface Asked {
  readonly start: number;
  readonly minutes: number;
  readonly startsNow: boolean;
  /** Not past this: the person's own horizon. */
  readonly latestStart: number | null;
}

/** What could be had instead of a refused booking: the next starts for the same time, and a shorter one at the same start. */
export async function findAlternatives(reader: Reader, plan: Plan, asked: Asked): Promise<Alternative[]> {
  const free = await freeQuarters(reader, plan, asked);
  const length = (start: number, minutes: number) => {
    const { from, until } = windows(plan, start, minutes, false).hold(false);
    return { first: (from - free.from) / quarter, last: (until - free.from) / quarter };
  };
  const isFree = (start: number, minutes: number) => {
    const { first, last } = length(start, minutes);
    return (
      first >= 0 && free.nodes.some((taken) => last <= taken.length && !taken.slice(first, last).includes(1))
    );
  };
  const starts: Alternative[] = [];
  const until = Math.min(asked.latestStart ?? Number.POSITIVE_INFINITY, free.from + mostDays * day);
  for (
    let start = ceilQuarter(asked.start) + quarter;
    start < until && starts.length < mostStarts;
    start += quarter
  ) {
    if (!isFree(start, asked.minutes)) continue;
    starts.push({ kind: 'start', start, label: `Start in ${inWords(start - reader.now)}` });
    start += 3 * quarter;
  }
  return [...shorter(plan, asked, isFree), ...starts];
}

function shorter(
  plan: Plan,
  asked: Asked,
  isFree: (start: number, minutes: number) => boolean,
): Alternative[] {
  if (asked.startsNow && plan.poolIds.length === 0) return [];
  const start = asked.startsNow ? ceilQuarter(asked.start) : asked.start;
  for (
    let minutes = Math.floor((asked.minutes - 1) / 15) * 15;
    minutes >= 15 && !asked.startsNow;
    minutes -= 15
  ) {
    if (isFree(start, minutes))
      return [{ kind: 'minutes', minutes, label: `Take ${inWords(minutes * minute)} instead` }];
  }
  return [];
}

/** Per node that could ever serve the plan, its quarters as 0 (free) or 1, from the asked day on. */
async function freeQuarters(reader: Reader, plan: Plan, asked: Asked) {
  const first = Math.floor((asked.start - plan.lead) / day);
  const want = wantOf(plan, false);
  if (want.poolIds.length === 0) return { from: first * day, nodes: [] };
  const fit = fits(want);
  const rows = await reader.rows<{ node_id: number; am: number; pm: number }>(
    `SELECT o.node_id, o.am, o.pm FROM occupancy o JOIN nodes n ON n.id = o.node_id
       WHERE o.day BETWEEN ? AND ? AND n.state NOT IN ('maintenance', 'host', 'deprovisioning', 'failed') AND ${fit.sql}
       ORDER BY o.node_id, o.day`,
    [first, first + mostDays + 1, ...fit.bindings],
  );
  const nodes = new Map<number, number[]>();
  for (const row of rows) {
    const taken = nodes.get(row.node_id) ?? [];
    for (const half of [BigInt(row.am), BigInt(row.pm)]) {
      for (let bit = 0n; bit < 48n; bit++) taken.push(Number((half >> bit) & 1n));
    }
    nodes.set(row.node_id, taken);
  }
  return { from: first * day, nodes: [...nodes.values()] };
}
