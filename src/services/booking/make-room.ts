/** A node is wanted for something in a time in which others have booked it: they go to other nodes. */
import type { AllocationRow } from '../../../db/rows.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import type { Window } from '../../domain/time.ts';
import { isMovable, type MoveDeps, moveBooking } from './move.ts';

/** A node and a time in which it is wanted for something else. */
export interface Room {
  readonly nodeId: number;
  readonly window: Window;
  /** The allocation that it is wanted for, where that is on the node already. */
  readonly besides?: number;
}

/** The live allocations whose hold touches the window, the soonest first. */
export function heldWithin(reader: Reader, { nodeId, window, besides = 0 }: Room): Promise<AllocationRow[]> {
  return reader.rows(
    'SELECT * FROM allocations WHERE node_id = ? AND released_at IS NULL AND hold_until > ? AND hold_from < ? AND id <> ? ORDER BY hold_from',
    [nodeId, window.from, window.until, besides],
  );
}

/** What holds the node first in that time and cannot be moved; null where all could be. Reads only: `makeRoom` moves them. */
export async function firstStuck(reader: Reader, deps: MoveDeps, room: Room): Promise<AllocationRow | null> {
  for (const allocation of await heldWithin(reader, room))
    if (!(await isMovable(reader, deps, allocation))) return allocation;
  return null;
}

/**
 * Moves what is booked on a node within a window to other nodes, the soonest first. What could not be moved stays, and is
 * answered; with `all`, nothing is moved then.
 */
export async function makeRoom(
  tx: Tx,
  deps: MoveDeps,
  room: Room,
  because: string,
  { all = false }: { readonly all?: boolean } = {},
): Promise<AllocationRow[]> {
  const stay: AllocationRow[] = [];
  await tx.savepoint(async () => {
    for (const allocation of await heldWithin(tx, room)) {
      if (await moveBooking(tx, deps, allocation.id, because)) continue;
      stay.push(allocation);
      if (all) return false;
    }
    return true;
  });
  return stay;
}
