/** A calendar that is slow, exact and knows no bits: what the real one is compared with. */
import assert from 'node:assert/strict';
import type { Database } from '../../db/connect.ts';
import type { AllocationRow } from '../../db/rows.ts';
import { reading } from '../../db/transaction.ts';
import { ceilQuarter, floorQuarter, minute, type Window } from '../../src/domain/time.ts';

/** What is held of a node, for whatever: its quarters, and the time that was asked for. */
export interface Hold extends Window {
  readonly id: number;
  readonly purpose: string;
  /** 0: of nobody, e.g. a seat or maintenance. */
  readonly reservation: number;
  /** The date of a class whose seat it is; 0: of none. */
  readonly dateId: number;
  readonly node: number;
  readonly start: number;
  readonly end: number;
}

/** Everything that is held, oldest first. */
export async function liveHolds(db: Database): Promise<Hold[]> {
  const rows = await reading(db, (reader) =>
    reader.rows<AllocationRow>('SELECT * FROM allocations WHERE released_at IS NULL ORDER BY id'),
  );
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose,
    reservation: row.reservation_id ?? 0,
    dateId: row.block_date_id ?? 0,
    node: row.node_id,
    start: Number(row.start_at),
    end: Number(row.end_at),
    from: Number(row.hold_from),
    until: Number(row.hold_until),
  }));
}

/** The quarters that are held for so many minutes from then on. */
export const windowOf = ({ start, minutes }: { readonly start: number; readonly minutes: number }) => ({
  from: floorQuarter(start),
  until: ceilQuarter(start + minutes * minute),
});

export const overlap = (a: Window, b: Window) => a.from < b.until && b.from < a.until;

export const isFree = (held: readonly Hold[], node: number, window: Window) =>
  !held.some((hold) => hold.node === node && overlap(hold, window));

/** How many of the nodes are free for all of it. */
export const freeNodes = (held: readonly Hold[], nodes: readonly number[], window: Window) =>
  nodes.filter((node) => isFree(held, node, window)).length;

/** Nothing is held twice. */
export function assertNoOverlap(held: readonly Hold[]): void {
  const ordered = [...held].sort((a, b) => a.node - b.node || a.from - b.from);
  for (const [n, one] of ordered.entries()) {
    const next = ordered[n + 1];
    if (next?.node === one.node)
      assert.ok(next.from >= one.until, `held twice: ${JSON.stringify([one, next])}`);
  }
}
