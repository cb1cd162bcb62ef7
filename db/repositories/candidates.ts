import type { Window } from '../../src/domain/time.ts';
import { without } from '../../src/domain/window-sets.ts';
import { shuffle } from '../shuffle.ts';
import type { Reader } from '../transaction.ts';
import { freeFirst, freeInWindow } from './occupancy.ts';
import { fits, type Held, type Want } from './want.ts';

export interface Candidate {
  readonly nodeId: number;
  readonly poolId: number;
  readonly loaded: boolean;
}

const mostCandidates = 16;
/** A failed node is left out for starts within this time (design, section 3). */
export const failedRest = 24 * 60 * 60_000;

/**
 * Nodes that could take the window, best first: loaded and untouched, then free now, then free by then; at once from the pools in
 * their order; shuffled within a rank, up to 16 more than `count`, which are wanted together. `hold` gives the hold for a loaded and for
 * an unloaded node.
 */
export async function findCandidates(
  tx: Reader,
  want: Want,
  hold: (loaded: boolean) => Window,
  count = 1,
): Promise<Candidate[]> {
  if (want.poolIds.length === 0) return [];
  const most = count === 1 ? mostCandidates : count + mostCandidates;
  const own = want.own ? await searchOwn(tx, want, want.own, hold(false)) : [];
  const loaded = want.startsNow ? shuffle(await searchLoaded(tx, want, hold(true), { count, most })) : [];
  const first = [...own, ...loaded];
  if (loaded.length >= count) return first;
  const others = await search(tx, want, hold(false), most);
  const known = new Set(first.map(({ nodeId }) => nodeId));
  return [...first, ...others.filter(({ nodeId }) => !known.has(nodeId))];
}

/** The machine that it has: free for what the other hold does not cover yet. */
async function searchOwn(
  tx: Reader,
  want: Want,
  { nodeId, hold }: Held,
  window: Window,
): Promise<Candidate[]> {
  const state =
    "n.id = ? AND n.out_for IS NULL AND n.state IN ('available', 'reserved', 'reloading', 'inuse')";
  const rows = await select(tx, want, without([window], [hold]), state, [nodeId], 'n.id', 1);
  return rows.map((row) => ({ nodeId: row.id, poolId: row.pool_id, loaded: false }));
}

/** From a random place on, round the end: the index hands them out in order, so that no others are looked at. */
async function searchLoaded(
  tx: Reader,
  want: Want,
  window: Window,
  { count, most }: { readonly count: number; readonly most: number },
): Promise<Candidate[]> {
  const from = Math.floor(Math.random() * want.newestNode);
  const state = "n.state = 'available' AND n.out_for IS NULL AND n.revision_id = ? AND n.tainted = 0";
  const found: Candidate[] = [];
  for (const half of ['n.id > ?', 'n.id <= ?']) {
    const bindings = [want.revisionId ?? -1, from];
    const rows = await select(tx, want, [window], `${state} AND ${half}`, bindings, 'n.id', most);
    found.push(...rows.map((row) => ({ nodeId: row.id, poolId: row.pool_id, loaded: true })));
    if (found.length >= count) break;
  }
  return found;
}

/** Out of service for a maintenance window, which keeps its own quarters: later ones may be booked. */
const backByThen = 'n.out_window_id IS NOT NULL';

/** A condition on the nodes `n`: those that can be had at once. */
export const freeNow = "n.out_for IS NULL AND n.state IN ('available', 'reloading')";

/** How many are looked at, from a random place on, to find the best of them for a later start: exact where fewer are free. */
const mostLookedAt = 64;

async function search(tx: Reader, want: Want, window: Window, most: number): Promise<Candidate[]> {
  const found = want.startsNow
    ? await searchNow(tx, want, window, most)
    : await searchLater(tx, want, window, most);
  return found.map((row) => ({ nodeId: row.id, poolId: row.pool_id, loaded: false }));
}

/** By state, pool and chance, of all of them: which pool it becomes decides how long its person waits. */
function searchNow(tx: Reader, want: Want, window: Window, most: number): Promise<FoundNode[]> {
  // a state's and a pool's place; numbers of ours, as many as there are pools
  const pools = want.poolIds.map((id, place) => `WHEN ${Number(id)} THEN ${place}`);
  const pool = pools.length > 1 ? `CASE n.pool_id ${pools.join(' ')} END, ` : '';
  const order = `CASE n.state WHEN 'available' THEN 0 ELSE 1 END, ${pool}${randomOf(tx)}`;
  return freeOnes(tx, want, window, { state: freeNow, order, most });
}

/** The best of those from a random place on, round the end. */
async function searchLater(tx: Reader, want: Want, window: Window, most: number): Promise<FoundNode[]> {
  const looked = Math.max(most, mostLookedAt);
  const from = Math.floor(Math.random() * want.newestNode);
  const found: FoundNode[] = [];
  for (const half of ['o.node_id > ?', 'o.node_id <= ?']) {
    const state = `${laterState(want, window, tx.now)} AND ${half}`;
    const asked = { state, bindings: [from], order: 'o.node_id', most: looked - found.length };
    found.push(...(await freeOnes(tx, want, window, asked)));
    if (found.length >= looked) break;
  }
  return shuffle(found)
    .toSorted((a, b) => rankOf(a) - rankOf(b))
    .slice(0, most);
}

function rankOf({ state }: FoundNode): number {
  if (state === 'available') return 0;
  if (state === 'reloading') return 1;
  return state === 'failed' ? 3 : 2;
}

/** States of a node that can be booked for later: a failed one rests for a day. */
function laterState({ soundOnly }: Want, window: Window, now: number): string {
  return bookable(!soundOnly && window.from - now > failedRest);
}

/** A condition on the nodes `n`: those that can be booked for later, with the failed ones or without. */
export function bookable(withFailed: boolean): string {
  const states = ['available', 'reserved', 'reloading', 'inuse', ...(withFailed ? ['failed'] : [])];
  return `(${backByThen} OR (n.out_for IS NULL AND n.state IN (${states.map((state) => `'${state}'`).join(', ')})))`;
}

interface FoundNode {
  readonly id: number;
  readonly pool_id: number;
  readonly state: string;
}

interface Picked {
  readonly state: string;
  readonly bindings?: readonly number[];
  readonly order: string;
  readonly most: number;
}

/** Along the bits of the window's first day: a node is looked at only if it is free then (SQLite reads a CROSS JOIN in its order). */
function freeOnes(
  tx: Reader,
  want: Want,
  window: Window,
  { state, bindings = [], order, most }: Picked,
): Promise<FoundNode[]> {
  const { sql, bindings: all } = freeNodes(want, window, state, bindings);
  return tx.rows(`SELECT n.id, n.pool_id, n.state ${sql} ORDER BY ${order} LIMIT ${Number(most)}`, all);
}

/** Nodes that are free throughout the window, of those that can be had at once, or that can be booked: the first by id, so many at most. */
export async function freeThroughout(
  reader: Reader,
  want: Want,
  window: Window,
  most: number,
): Promise<number[]> {
  if (want.poolIds.length === 0) return [];
  const state = want.startsNow ? freeNow : bookable(false);
  return (await freeOnes(reader, want, window, { state, order: 'o.node_id', most })).map(({ id }) => id);
}

function freeNodes(want: Want, window: Window, state: string, more: readonly number[]) {
  const fit = fits(want);
  const first = freeFirst(window);
  return {
    sql: `FROM occupancy o CROSS JOIN nodes n ON n.id = o.node_id WHERE ${first.onDay} AND ${state} AND ${fit.sql} ${first.after}`,
    bindings: [...first.dayBindings, ...more, ...fit.bindings, ...first.afterBindings],
  };
}

/** How many could take the window, and how many there are that could at any time. */
export async function countFree(
  reader: Reader,
  want: Want,
  window: Window,
): Promise<{ free: number; all: number }> {
  if (want.poolIds.length === 0) return { free: 0, all: 0 };
  const state = want.startsNow ? freeNow : laterState(want, window, reader.now);
  const free = freeNodes(want, window, state, []);
  const fit = fits(want);
  const [row] = await reader.rows<{ free: number; every: number }>(
    `SELECT (SELECT COUNT(*) ${free.sql}) AS free,
       (SELECT COUNT(*) FROM nodes n WHERE n.state NOT IN ('host', 'deprovisioning') AND ${fit.sql}) AS every`,
    [...free.bindings, ...fit.bindings],
  );
  return { free: Number(row?.free ?? 0), all: Number(row?.every ?? 0) };
}

function randomOf(tx: Reader): string {
  return tx.engine === 'sqlite' ? 'RANDOM()' : 'RAND()';
}

function select(
  tx: Reader,
  want: Want,
  free: readonly Window[],
  state: string,
  bindings: readonly number[],
  order: string,
  most: number,
): Promise<{ id: number; pool_id: number }[]> {
  const fit = fits(want);
  const parts = free.map((window) => freeInWindow('n', window));
  return tx.rows(
    `SELECT n.id, n.pool_id FROM nodes n WHERE ${[state, fit.sql, ...parts.map(({ sql }) => sql)].join(' AND ')}
       ORDER BY ${order} LIMIT ${Number(most)}`,
    [...bindings, ...fit.bindings, ...parts.flatMap((part) => part.bindings)],
  );
}

/** Is there a node that could serve this at some time, once it is free and in order? */
export async function fitsSomewhere(tx: Reader, want: Want): Promise<boolean> {
  if (want.poolIds.length === 0) return false;
  const fit = fits(want);
  const rows = await tx.rows(
    `SELECT n.id FROM nodes n WHERE (${backByThen} OR (n.out_for IS NULL AND n.state NOT IN ('maintenance', 'host', 'deprovisioning'))) AND ${fit.sql} LIMIT 1`,
    fit.bindings,
  );
  return rows.length > 0;
}
