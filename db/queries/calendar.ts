import type { DayBits } from '../../src/domain/free-runs.ts';
import { fullHalf } from '../../src/domain/time.ts';
import { bookable } from '../repositories/candidates.ts';
import { fits, type Want } from '../repositories/want.ts';
import type { Reader } from '../transaction.ts';

interface DayRow {
  readonly nodes: string | null;
  readonly am: string;
  readonly pm: string;
}

/**
 * The bits of one day of the nodes that could serve this later; a failed node's id is negative. Nodes on which that day has no part
 * of a free run of `length` quarters are left out. They come as three texts: handing over ten thousand rows takes twice as long.
 */
export async function dayBits(reader: Reader, want: Want, day: number, length: number): Promise<DayBits> {
  if (want.poolIds.length === 0) return { day, nodes: [], am: [], pm: [] };
  const fit = fits(want);
  const node = "CASE WHEN n.state = 'failed' AND n.out_window_id IS NULL THEN -o.node_id ELSE o.node_id END";
  const [row] = await reader.rows<DayRow>(
    `SELECT GROUP_CONCAT(${node}) AS nodes, GROUP_CONCAT(o.am) AS am, GROUP_CONCAT(o.pm) AS pm
       FROM occupancy o CROSS JOIN nodes n ON n.id = o.node_id
       WHERE o.day = ? AND ${mayHave(length)} AND ${bookable(want.soundOnly !== true)} AND ${fit.sql}`,
    [day, ...fit.bindings],
  );
  const [nodes, am, pm] = [row?.nodes, row?.am, row?.pm].map(numbersIn) as [number[], number[], number[]];
  if (nodes.length !== am.length || nodes.length !== pm.length)
    throw new Error(`the bits of day ${day} are more than the database hands over at once`);
  return { day, nodes, am, pm };
}

function numbersIn(text: string | null | undefined): number[] {
  return text ? text.split(',').map(Number) : [];
}

const longestLookedFor = 8;

/**
 * A condition that holds wherever a free run of so many quarters, on this day or over its ends, leaves a trace: at midnight, or half
 * of it in one half of the day. What it lets through besides is sorted out by who reads it.
 */
function mayHave(length: number): string {
  const run = Math.min(longestLookedFor, Math.ceil(length / 2));
  const within = 2 ** (49 - run) - 1;
  const shifted = (half: string) =>
    Array.from({ length: run }, (_, by) => (by === 0 ? half : `(${half} >> ${by})`)).join(' | ');
  const hasRun = (half: string) => `(${shifted(half)}) & ${within} <> ${within}`;
  return `(o.am & 1 = 0 OR o.pm & ${(fullHalf + 1) / 2} = 0 OR ${hasRun('o.am')} OR ${hasRun('o.pm')})`;
}
