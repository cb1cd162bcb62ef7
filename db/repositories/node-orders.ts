import type { OutFor } from '../../src/domain/states.ts';
import type { Tx } from '../transaction.ts';

/** Bumps a node's version, its guard. False when it has another than `version` by now, or is gone. */
export async function guardNode(tx: Tx, id: number, version?: number): Promise<boolean> {
  const same = version === undefined ? '' : 'AND version = ?';
  const changed = await tx.change(`UPDATE nodes SET version = version + 1 WHERE id = ? ${same}`, [
    id,
    ...(version === undefined ? [] : [version]),
  ]);
  return changed === 1;
}

/** From now on nothing begins on it; `tomaintenance` does the rest. `windowId`: a maintenance window takes it out, not a person. */
export async function takeOut(
  tx: Tx,
  id: number,
  outFor: OutFor,
  because: string,
  windowId: number | null = null,
): Promise<void> {
  await tx
    .table('nodes')
    .where({ id })
    .update({ out_for: outFor, out_because: because || null, out_window_id: windowId });
}

/** Takes a node back: one that was taken out already is loaded anew before anybody has it. */
export async function takeBack(tx: Tx, id: number): Promise<void> {
  await tx.table('nodes').where({ id }).update({ out_for: null, out_because: null, out_window_id: null });
  await tx.change(
    `UPDATE nodes SET state = 'reloading', state_at = ?, failure = NULL, next_image_id = preferred_image_id
       WHERE id = ? AND state IN ('maintenance', 'deprovisioning')`,
    [tx.now, id],
  );
}

/** To be loaded anew with this image: now, or after whoever has it. */
export async function askReload(tx: Tx, id: number, imageId: number): Promise<void> {
  await tx.table('nodes').where({ id }).update({ next_image_id: imageId });
}
