import { horizonDays } from '../../src/domain/limits.ts';
import { type DayMask, day, dayMasks, fullHalf, type Window } from '../../src/domain/time.ts';
import { marks } from '../marks.ts';
import { noteFreed, type Tx } from '../transaction.ts';

/**
 * The booking invariant (design, section 5): a quarter hour of a node is one bit of one row, and these two functions are
 * the only ones that set and clear bits. Days ascend, so that no two bookings deadlock.
 */

/** Takes every quarter of the window on the node. False when one of them is taken: undo to the savepoint. */
export async function takeBits(tx: Tx, nodeId: number, window: Window): Promise<boolean> {
  for (const run of runs(dayMasks(window))) {
    const changed = run.whole
      ? await tx.change(
          `UPDATE occupancy SET am = ${fullHalf}, pm = ${fullHalf} WHERE day BETWEEN ? AND ? AND node_id = ? AND am = 0 AND pm = 0`,
          [run.first, run.last, nodeId],
        )
      : await tx.change(
          'UPDATE occupancy SET am = am | ?, pm = pm | ? WHERE day = ? AND node_id = ? AND am & ? = 0 AND pm & ? = 0',
          [run.am, run.pm, run.first, nodeId, run.am, run.pm],
        );
    if (changed !== run.last - run.first + 1) return false;
  }
  return true;
}

/** takeBits, undone when it is refused. A window of one day needs no savepoint: refused, it has changed nothing. */
export async function tryBits(tx: Tx, nodeId: number, window: Window): Promise<boolean> {
  if (dayMasks(window).length === 1) return takeBits(tx, nodeId, window);
  return tx.savepoint(() => takeBits(tx, nodeId, window));
}

/**
 * takeBits for many windows of one node, in few statements: days that lose the same quarters lose them together. Windows must not
 * overlap. Lock the days first (`lockDays`): they are not taken in their order. False when any quarter is taken.
 */
export async function takeAllBits(tx: Tx, nodeId: number, windows: readonly Window[]): Promise<boolean> {
  for (const { days, am, pm } of alike(windows)) {
    const changed = await tx.change(
      `UPDATE occupancy SET am = am | ?, pm = pm | ? WHERE node_id = ? AND day IN (${marks(days)}) AND am & ? = 0 AND pm & ? = 0`,
      [am, pm, nodeId, ...days, am, pm],
    );
    if (changed !== days.length) return false;
  }
  return true;
}

/** The mirror of takeAllBits: throws when a quarter was not taken. */
export async function releaseAllBits(tx: Tx, nodeId: number, windows: readonly Window[]): Promise<void> {
  noteFreed(tx);
  for (const { days, am, pm } of alike(windows)) {
    const changed = await tx.change(
      `UPDATE occupancy SET am = am & ~?, pm = pm & ~? WHERE node_id = ? AND day IN (${marks(days)}) AND am & ? = ? AND pm & ? = ?`,
      [am, pm, nodeId, ...days, am, am, pm, pm],
    );
    if (changed !== days.length) throw new Error(`node ${nodeId}: bits of its closings were not all set`);
  }
}

/** Locks a node's days, ascending: until this transaction is over nobody else takes or gives back a quarter of them. */
export async function lockDays(tx: Tx, nodeId: number, { from, until }: Window): Promise<void> {
  await tx.change('UPDATE occupancy SET am = am WHERE node_id = ? AND day BETWEEN ? AND ?', [
    ...[nodeId, Math.floor(from / day), Math.floor((until - 1) / day)],
  ]);
}

interface Alike {
  readonly days: number[];
  readonly am: number;
  readonly pm: number;
}

/** Days of these windows by the quarters that they have of them. */
function alike(windows: readonly Window[]): Alike[] {
  const byDay = new Map<number, DayMask>();
  for (const mask of windows.flatMap(dayMasks)) {
    const before = byDay.get(mask.day);
    // windows do not overlap: a sum is a union
    byDay.set(mask.day, before ? { ...mask, am: before.am + mask.am, pm: before.pm + mask.pm } : mask);
  }
  const groups = new Map<string, Alike>();
  for (const { day, am, pm } of byDay.values()) {
    const group = groups.get(`${am} ${pm}`) ?? { days: [], am, pm };
    groups.set(`${am} ${pm}`, group);
    group.days.push(day);
  }
  return [...groups.values()];
}

/** Gives back every quarter of the window, all of which must be taken: throws when one was not, for then the books are wrong. */
export async function releaseBits(tx: Tx, nodeId: number, window: Window): Promise<void> {
  noteFreed(tx);
  for (const run of runs(dayMasks(window))) {
    const changed = run.whole
      ? await tx.change(
          `UPDATE occupancy SET am = 0, pm = 0 WHERE day BETWEEN ? AND ? AND node_id = ? AND am = ${fullHalf} AND pm = ${fullHalf}`,
          [run.first, run.last, nodeId],
        )
      : await tx.change(
          'UPDATE occupancy SET am = am & ~?, pm = pm & ~? WHERE day = ? AND node_id = ? AND am & ? = ? AND pm & ? = ?',
          [run.am, run.pm, run.first, nodeId, run.am, run.am, run.pm, run.pm],
        );
    if (changed !== run.last - run.first + 1)
      throw new Error(`node ${nodeId}: bits of day ${run.first} were not all set`);
  }
}

interface Run {
  first: number;
  last: number;
  whole: boolean;
  am: number;
  pm: number;
}

/** Whole days in a row become one ranged statement. */
function runs(masks: readonly DayMask[]): Run[] {
  const all: Run[] = [];
  for (const { day, am, pm } of masks) {
    const whole = am === fullHalf && pm === fullHalf;
    const before = all.at(-1);
    if (whole && before?.whole) before.last = day;
    else all.push({ first: day, last: day, whole, am, pm });
  }
  return all;
}

/** SQL and parameters for "all quarters of this window are free on node `alias.id`". */
export function freeInWindow(alias: string, window: Window): { sql: string; bindings: number[] } {
  const parts: string[] = [];
  const bindings: number[] = [];
  for (const run of runs(dayMasks(window))) {
    parts.push(
      `NOT EXISTS (SELECT 1 FROM occupancy t WHERE t.day BETWEEN ? AND ? AND t.node_id = ${alias}.id AND (t.am & ? <> 0 OR t.pm & ? <> 0))`,
    );
    bindings.push(run.first, run.last, run.am, run.pm);
  }
  return { sql: parts.join(' AND '), bindings };
}

/** The same for a read along the occupancy `o` of the window's first day, joined with the nodes `n`: two parts of its condition. */
export function freeFirst(window: Window): {
  onDay: string;
  dayBindings: number[];
  after: string;
  afterBindings: number[];
} {
  const [first, ...rest] = dayMasks(window);
  if (!first) throw new RangeError('a window without quarters');
  const onDay = 'o.day = ? AND o.am & ? = 0 AND o.pm & ? = 0';
  const dayBindings = [first.day, first.am, first.pm];
  if (rest.length === 0) return { onDay, dayBindings, after: '', afterBindings: [] };
  const { sql, bindings } = freeInWindow('n', { from: (first.day + 1) * day, until: window.until });
  return { onDay, dayBindings, after: `AND ${sql}`, afterBindings: bindings };
}

/** The rows of everything that can be booked: a hold may begin the evening before, and end after the horizon's last day. */
export function materialiseHorizon(tx: Tx, nodeIds: readonly number[]): Promise<void> {
  const today = Math.floor(tx.now / day);
  return materialise(tx, nodeIds, today - 1, today + horizonDays + 2);
}

/** Of one statement: some ten milliseconds; between two of them this process does other things. */
const rowsAtOnce = 10_000;
/** A compound select of SQLite has 500 parts at most. */
const nodesAtOnce = 400;

/** Makes the empty rows of days [fromDay, untilDay) for the given nodes; those that are there stay. */
export async function materialise(
  tx: Tx,
  nodeIds: readonly number[],
  fromDay: number,
  untilDay: number,
): Promise<void> {
  const ignore = tx.engine === 'sqlite' ? 'INSERT OR IGNORE' : 'INSERT IGNORE';
  const days = untilDay - fromDay;
  if (days <= 0) return;
  const together = Math.max(1, Math.min(nodesAtOnce, Math.floor(rowsAtOnce / days)));
  for (let first = 0; first < nodeIds.length; first += together) {
    const some = nodeIds.slice(first, first + together);
    if (first > 0) await new Promise(setImmediate);
    await tx.change(
      `${ignore} INTO occupancy (day, node_id, am, pm)
         WITH RECURSIVE days (day) AS (SELECT ? UNION ALL SELECT day + 1 FROM days WHERE day < ?)
         SELECT d.day, n.id, 0, 0 FROM days d CROSS JOIN (${some.map((_, i) => (i === 0 ? 'SELECT ? AS id' : 'SELECT ?')).join(' UNION ALL ')}) n`,
      [fromDay, untilDay - 1, ...some],
    );
  }
}

/** Removes a node's rows. False when a quarter of it is taken: undo to the savepoint. */
export async function removeOccupancy(tx: Tx, nodeId: number): Promise<boolean> {
  await tx.change('DELETE FROM occupancy WHERE node_id = ? AND am = 0 AND pm = 0', [nodeId]);
  const taken = await tx.rows('SELECT day FROM occupancy WHERE node_id = ? LIMIT 1', [nodeId]);
  return taken.length === 0;
}
