import { addEvent } from '../../../db/repositories/events.ts';
import { inTransaction } from '../../../db/transaction.ts';
import { invalid, LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import { whyNoPlace } from '../../domain/rack-place.ts';
import type { ServiceDeps } from '../deps.ts';
import type { NodePlace, SignedIn } from '../views.ts';

/** Says where nodes stand; all of it or nothing. How many were moved. */
export async function placeNodes(
  deps: ServiceDeps,
  me: SignedIn,
  places: readonly NodePlace[],
): Promise<{ readonly moved: number }> {
  if (!may(me, 'node.manage')) throw new LabError('not-allowed');
  return inTransaction(deps.db, async (tx) => {
    let moved = 0;
    for (const place of places) {
      const { rack, unit } = place;
      const problem = whyNoPlace(place);
      if (problem !== null) throw invalid('places', `${place.node}: ${problem}`);
      const [node] = await tx.rows<{ id: number; rack: string | null; rack_unit: number | null }>(
        'SELECT id, rack, rack_unit FROM nodes WHERE name = ?',
        [place.node],
      );
      if (!node) throw invalid('places', `There is no node “${place.node.slice(0, 60)}”.`);
      if (node.rack === rack && node.rack_unit === unit) continue;
      await tx.table('nodes').where({ id: node.id }).update({ rack, rack_unit: unit });
      await addEvent(tx, { kind: 'node-placed', actorId: me.id, nodeId: node.id, data: { rack, unit } });
      moved++;
    }
    return { moved };
  });
}
