import { marks } from '../../../db/marks.ts';
import { allocationRow } from '../../../db/queries/timeline.ts';
import type { AllocationRow } from '../../../db/rows.ts';
import { inTransaction, type Reader, reading, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import type { NodeState } from '../../domain/states.ts';
import { moveBooking, movesTo } from '../booking/move.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../requests.ts';
import type { AllocationDetailView, SignedIn } from '../views.ts';
import { allocationView } from './allocation-view.ts';

export function getAllocation(deps: ServiceDeps, id: number): Promise<AllocationDetailView> {
  return reading(deps.db, async (reader) => {
    const row = await allocationRow(reader, id);
    if (!row) throw new LabError('not-found');
    const movable = row.purpose === 'reservation' && row.state === 'held';
    return {
      ...allocationView(row),
      nodeState: await stateOf(reader, row.node_id),
      movable,
      moves: movable ? await named(reader, await movesTo(reader, deps, id)) : [],
    };
  });
}

async function stateOf(reader: Reader, nodeId: number): Promise<NodeState> {
  const [node] = await reader.rows<{ state: NodeState }>('SELECT state FROM nodes WHERE id = ?', [nodeId]);
  if (!node) throw new LabError('not-found');
  return node.state;
}

async function named(reader: Reader, ids: readonly number[]): Promise<{ id: number; name: string }[]> {
  if (ids.length === 0) return [];
  const rows = await reader.rows<{ id: number; name: string }>(
    `SELECT id, name FROM nodes WHERE id IN (${marks(ids)})`,
    ids,
  );
  return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** Moves a booking for an operator, in one transaction or not at all. */
export async function moveAllocation(
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  to: number | undefined,
  once: Once,
): Promise<AllocationDetailView> {
  const { id: moved } = await inTransaction(deps.db, async (tx) => {
    // the guard row of the reservation comes before anything of its allocations
    await tx.change(
      'UPDATE reservations SET version = version + 1 WHERE id = (SELECT reservation_id FROM allocations WHERE id = ?)',
      [id],
    );
    return doOnce(tx, me, once, ['move-allocation', id, to ?? null], () => move(tx, deps, me, id, to));
  });
  return getAllocation(deps, moved);
}

async function move(
  tx: Tx,
  deps: ServiceDeps,
  me: SignedIn,
  id: number,
  to: number | undefined,
): Promise<number> {
  const [row] = await tx.rows<AllocationRow>('SELECT * FROM allocations WHERE id = ?', [id]);
  if (!row) throw new LabError('not-found');
  if (row.purpose !== 'reservation' || row.state !== 'held')
    throw new LabError('reservation.begun', {
      detail: 'It is not a booking whose machine is still to be made ready.',
    });
  const because = `${me.displayName} moved it.`;
  if (!(await moveBooking(tx, deps, id, because, { to, actorId: me.id })))
    throw new LabError('reservation.no-machine', {
      detail:
        to === undefined
          ? 'No other node is free for all of its time.'
          : 'That node is not free for all of its time.',
    });
  const [fresh] = await tx.rows<{ id: number }>(
    'SELECT MAX(id) AS id FROM allocations WHERE reservation_id = ? AND released_at IS NULL AND member = ?',
    [row.reservation_id ?? 0, row.member],
  );
  return fresh?.id ?? id;
}
