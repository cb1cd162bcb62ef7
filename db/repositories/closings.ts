/**
 * What keeps a node from people without anybody having it: closed hours and maintenance windows. Their bits are taken as far as
 * nobody has them; time that somebody has is a gap, and is taken in the transaction in which they give it back.
 */

import type { ClosingPurpose } from '../../src/domain/states.ts';
import { floorQuarter, type Window } from '../../src/domain/time.ts';
import { union, within, without } from '../../src/domain/window-sets.ts';
import { marks } from '../marks.ts';
import type { Reader, Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';
import { lockDays, releaseAllBits, takeAllBits } from './occupancy.ts';

/** Which closing of which node. */
export interface Closing {
  readonly nodeId: number;
  readonly purpose: ClosingPurpose;
  /** Of the schedule or the maintenance window. */
  readonly closingId: number;
}

/**
 * Closes the node for these windows, which end within the horizon and begin at `tx.now` at the earliest: what is free is held, what
 * is not is a gap. Throws when others changed the books between two statements: run the transaction again.
 */
export async function holdClosed(tx: Tx, closing: Closing, windows: readonly Window[]): Promise<void> {
  const wanted = union(windows);
  const [first, last] = [wanted[0], wanted.at(-1)];
  if (!first || !last) return;
  const span = { from: first.from, until: last.until };
  await lockDays(tx, closing.nodeId, span);
  const held = await holdsIn(tx, closing.nodeId, span);
  const free = without(wanted, held);
  if (!(await takeAllBits(tx, closing.nodeId, free)))
    throw new Error(`node ${closing.nodeId}: free quarters could not be taken`);
  await insertRows(
    tx,
    'allocations',
    free.map((window) => allocationOf(tx, closing, window)),
  );
  await insertRows(
    tx,
    'closing_gaps',
    within(wanted, held).map((window) => gapOf(closing, window)),
  );
}

/** From this moment on: the quarter that runs is closed too. */
export function fromNow(tx: Pick<Tx, 'now'>, windows: readonly Window[]): Window[] {
  return without(windows, [{ from: 0, until: floorQuarter(tx.now) }]);
}

function allocationOf(tx: Tx, { nodeId, purpose, closingId }: Closing, { from, until }: Window) {
  return {
    ...{ node_id: nodeId, purpose, state: 'held', closing_id: closingId, created_at: tx.now },
    ...{ start_at: from, end_at: until, hold_from: from, hold_until: until },
  };
}

function gapOf({ nodeId, purpose, closingId }: Closing, { from, until }: Window) {
  return { node_id: nodeId, purpose, closing_id: closingId, from_at: from, until_at: until };
}

async function holdsIn(tx: Tx, nodeId: number, { from, until }: Window): Promise<Window[]> {
  const rows = await tx.rows<{ hold_from: number; hold_until: number }>(
    'SELECT hold_from, hold_until FROM allocations WHERE node_id = ? AND released_at IS NULL AND hold_from < ? AND hold_until > ?',
    [nodeId, until, from],
  );
  return rows.map((row) => ({ from: Number(row.hold_from), until: Number(row.hold_until) }));
}

interface HeldRow {
  id: number;
  hold_from: number;
  hold_until: number;
}

/**
 * Opens the node again: what this closing holds from now on is given back, to whatever else wants it closed. Rows of windows that
 * never began are removed.
 */
export async function releaseClosed(tx: Tx, closing: Closing): Promise<void> {
  const { nodeId, purpose, closingId } = closing;
  const mine = 'node_id = ? AND purpose = ? AND closing_id = ?';
  const keys = [nodeId, purpose, closingId];
  await tx.change(`DELETE FROM closing_gaps WHERE ${mine}`, keys);
  const held = () =>
    tx.rows<HeldRow>(
      `SELECT id, hold_from, hold_until FROM allocations WHERE ${mine} AND released_at IS NULL ORDER BY hold_from`,
      keys,
    );
  const span = spanOf(await held());
  if (!span) return;
  await lockDays(tx, nodeId, span);
  await giveBack(tx, nodeId, purpose, await held());
  await closeGaps(tx, nodeId, span);
}

function spanOf(rows: readonly HeldRow[]): Window | null {
  const [first, last] = [rows[0], rows.at(-1)];
  return first && last ? { from: Number(first.hold_from), until: Number(last.hold_until) } : null;
}

/** The allocations first, then their bits (design, section 5). Of maintenance that has begun the row stays, as history. */
async function giveBack(
  tx: Tx,
  nodeId: number,
  purpose: ClosingPurpose,
  rows: readonly HeldRow[],
): Promise<void> {
  for (let at = 0; at < rows.length; at += idsAtOnce) {
    const ids = rows.slice(at, at + idsAtOnce).map(({ id }) => id);
    const these = `id IN (${marks(ids)}) AND released_at IS NULL`;
    const begun = purpose === 'schedule' ? 0 : tx.now;
    const kept = await tx.change(
      `UPDATE allocations SET released_at = ?, state = 'released' WHERE ${these} AND hold_from < ?`,
      [tx.now, ...ids, begun],
    );
    const removed = await tx.change(`DELETE FROM allocations WHERE ${these}`, ids);
    if (kept + removed !== ids.length) throw new Error(`node ${nodeId}: others gave its closings back`);
  }
  await releaseAllBits(tx, nodeId, rows.map(windowOf));
}

const idsAtOnce = 400;

function windowOf(row: HeldRow): Window {
  return { from: Number(row.hold_from), until: Number(row.hold_until) };
}

interface GapRow {
  id: number;
  purpose: ClosingPurpose;
  closing_id: number;
  from_at: number;
  until_at: number;
}

/**
 * Closes what of a node was to be closed and has become free in the window; maintenance before closed hours. Called by whoever
 * gives quarters back, in the same transaction and behind it.
 */
export async function closeGaps(tx: Tx, nodeId: number, { from, until }: Window): Promise<void> {
  const gaps = await tx.rows<GapRow>(
    'SELECT * FROM closing_gaps WHERE node_id = ? AND from_at < ? AND until_at > ? ORDER BY purpose, id',
    [nodeId, until, from],
  );
  for (const gap of gaps) {
    const removed = await tx.change('DELETE FROM closing_gaps WHERE id = ?', [gap.id]);
    if (removed !== 1) continue;
    const window = { from: Number(gap.from_at), until: Number(gap.until_at) };
    await holdClosed(tx, { nodeId, purpose: gap.purpose, closingId: gap.closing_id }, fromNow(tx, [window]));
  }
}

/** Nodes of a place where something is free that should be closed: others gave it back while it was being closed. */
export async function openGaps(
  reader: Reader,
  placeId: number,
): Promise<{ nodeId: number; window: Window }[]> {
  const rows = await reader.rows<{ node_id: number; from_at: number; until_at: number }>(
    `SELECT g.node_id, g.from_at, g.until_at FROM closing_gaps g JOIN nodes n ON n.id = g.node_id
       WHERE n.place_id = ? AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.node_id = g.node_id AND a.released_at IS NULL
         AND a.hold_from <= g.from_at AND a.hold_until >= g.until_at) LIMIT 200`,
    [placeId],
  );
  return rows.map((row) => ({
    nodeId: row.node_id,
    window: { from: Number(row.from_at), until: Number(row.until_at) },
  }));
}

/** Closed hours of a place that are over give their bits back; how many did, `most` at once. */
export async function releasePast(tx: Tx, placeId: number, most: number): Promise<number> {
  const rows = await tx.rows<HeldRow & { node_id: number }>(
    `SELECT a.id, a.node_id, a.hold_from, a.hold_until FROM allocations a JOIN nodes n ON n.id = a.node_id
       WHERE a.released_at IS NULL AND a.hold_from < ? AND a.hold_until <= ? AND a.purpose = 'schedule' AND n.place_id = ?
       ORDER BY a.node_id, a.hold_from LIMIT ${Math.floor(most)}`,
    [tx.now, tx.now, placeId],
  );
  for (const nodeId of new Set(rows.map((row) => row.node_id))) {
    const some = rows.filter((row) => row.node_id === nodeId);
    await lockDays(tx, nodeId, spanOf(some) as Window);
    await giveBack(tx, nodeId, 'schedule', some);
  }
  await tx.change('DELETE FROM closing_gaps WHERE until_at <= ?', [tx.now]);
  return rows.length;
}

/** A node that is removed is closed by nothing any more. */
export async function releaseAllClosings(tx: Tx, nodeId: number): Promise<void> {
  await tx.change('DELETE FROM closing_gaps WHERE node_id = ?', [nodeId]);
  await tx.change('DELETE FROM maintenance_nodes WHERE node_id = ?', [nodeId]);
  const closings = await tx.rows<{ purpose: ClosingPurpose; closing_id: number }>(
    `SELECT DISTINCT purpose, closing_id FROM allocations
       WHERE node_id = ? AND released_at IS NULL AND purpose IN ('maintenance', 'schedule')`,
    [nodeId],
  );
  for (const { purpose, closing_id: closingId } of closings)
    await releaseClosed(tx, { nodeId, purpose, closingId });
}
