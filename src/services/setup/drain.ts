import { marks } from '../../../db/marks.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { setDraining } from '../../../db/repositories/installation.ts';
import { loadingActions } from '../../../db/repositories/task-claims.ts';
import { inTransaction, reading } from '../../../db/transaction.ts';
import type { ServiceDeps } from '../deps.ts';

/** A place that is drained begins no loads; what runs there ends, and who has a machine keeps it. */
export async function drain(deps: ServiceDeps, placeId: number, on: boolean): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (await setDraining(tx, placeId, on))
      await addEvent(tx, { kind: on ? 'place.drained' : 'place.undrained', data: { place: placeId } });
  });
}

/** What goes on at a place. */
export interface Remaining {
  /** Machines that are being loaded, by name. */
  readonly loading: readonly string[];
  /** Machines that somebody has, by name. */
  readonly held: readonly string[];
  /** Loads that wait. */
  readonly waiting: number;
}

/** What is left of the work of a place. */
export function remaining(deps: ServiceDeps, placeId: number): Promise<Remaining> {
  const actions = marks(loadingActions);
  return reading(deps.db, async (reader) => {
    const loading = await reader.rows<{ name: string | null; id: number }>(
      `SELECT t.id, n.name FROM tasks t LEFT JOIN nodes n ON n.id = t.run_node
         WHERE t.status = 'running' AND t.place_id = ? AND t.action IN (${actions}) ORDER BY n.name`,
      [placeId, ...loadingActions],
    );
    const held = await reader.rows<{ name: string }>(
      `SELECT n.name FROM nodes n WHERE n.place_id = ? AND n.state IN ('reserved', 'inuse') ORDER BY n.name`,
      [placeId],
    );
    const [waiting] = await reader.rows<{ n: number }>(
      `SELECT COUNT(*) AS n FROM tasks WHERE status = 'queued' AND place_id = ? AND run_after <= ? AND action IN (${actions})`,
      [placeId, reader.now, ...loadingActions],
    );
    return {
      loading: loading.map(({ name, id }) => name ?? `task ${id}`),
      held: held.map(({ name }) => name),
      waiting: Number(waiting?.n ?? 0),
    };
  });
}

/** Does this place begin no loads? */
export function isDraining(deps: ServiceDeps, placeId: number): Promise<boolean> {
  return reading(deps.db, async (reader) => {
    const rows = await reader.rows('SELECT 1 FROM places WHERE id = ? AND draining_since IS NOT NULL', [
      placeId,
    ]);
    return rows.length > 0;
  });
}
