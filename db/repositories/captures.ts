import type { SystemFacts } from '../../src/domain/contracts/facts.ts';
import type { Captured } from '../../src/domain/contracts/provisioning.ts';
import type { ReservationState } from '../../src/domain/states.ts';
import type { ImageRow } from '../rows.ts';
import type { Tx } from '../transaction.ts';
import { raiseNeeds } from './images.ts';
import { moveReservation } from './reservations.ts';
import { queueTask, wakeTask } from './tasks.ts';

/** What a machine is saved as: the next revision of an image, or the first one of a new image that is its owner's alone. */
export type CaptureTarget =
  | { readonly imageId: number }
  | { readonly name: string; readonly title: string; readonly ownerId: number };

export interface CaptureWish {
  readonly reservationId: number;
  readonly target: CaptureTarget;
  readonly comment: string;
  /** Who asked; null when it is saved by itself. */
  readonly by: number | null;
  /** `checkpoint`: capture, then go on. */
  readonly activity: 'image' | 'checkpoint';
}

interface Source {
  image_id: number;
  revision_id: number | null;
  format: string | null;
  system: string | null;
  place_id: number;
}

const capturable: readonly ReservationState[] = ['reserved', 'inuse'];

/**
 * Moves a running reservation to its capture and adds the revision that it shall become, which nothing can load before it is
 * ready. False when the reservation is not running any more. A taken name breaks a UNIQUE.
 */
export async function beginCapture(tx: Tx, wish: CaptureWish): Promise<boolean> {
  const { reservationId, activity } = wish;
  if (!(await moveReservation(tx, reservationId, capturable, activity))) return false;
  const [source] = await tx.rows<Source>(
    `SELECT r.image_id, n.revision_id, v.format, v.system, n.place_id FROM reservations r
       JOIN allocations a ON a.reservation_id = r.id AND a.released_at IS NULL AND a.state <> 'failed'
       JOIN nodes n ON n.id = a.node_id LEFT JOIN image_revisions v ON v.id = n.revision_id WHERE r.id = ?`,
    [reservationId],
  );
  if (!source) throw new Error(`reservation ${reservationId} runs without a machine`);
  const imageId =
    'imageId' in wish.target ? wish.target.imageId : await copyImage(tx, source.image_id, wish.target);
  const revisionId = await addUnreadyRevision(tx, imageId, source, wish);
  await tx
    .table('reservations')
    .where({ id: reservationId })
    .update({ capture_revision_id: revisionId, capture_failure: null });
  // what watches it has nothing to do meanwhile
  for (const watch of ['reserved', 'inuse'] as const) await wakeTask(tx, watch, 'reservation', reservationId);
  const task = { action: activity, targetType: 'reservation', targetId: reservationId } as const;
  await queueTask(tx, task, { placeId: source.place_id, reservationId });
  return true;
}

/** What a new image has of the one that it was made from. */
const copied = [
  ...(['description', 'notes', 'icon', 'os_module', 'cpus', 'memory_mb', 'disk_mb', 'max_minutes'] as const),
  ...(['check_connected', 'never_connected_minutes', 'disconnected_minutes', 'idle_minutes'] as const),
];

/** A new image is like the one that it was made from, and its owner's alone. */
async function copyImage(
  tx: Tx,
  fromId: number,
  { name, title, ownerId }: { name: string; title: string; ownerId: number },
): Promise<number> {
  const [from] = await tx.rows<ImageRow>('SELECT * FROM images WHERE id = ?', [fromId]);
  if (!from) throw new Error(`image ${fromId} is gone`);
  return tx.insert('images', {
    ...{ name, title },
    ...Object.fromEntries(copied.map((column) => [column, from[column]])),
    owner_id: ownerId,
    visibility: 'owner',
    created_at: tx.now,
  });
}

/** The image's row is the guard of its revisions' numbers. */
async function addUnreadyRevision(
  tx: Tx,
  imageId: number,
  source: Source,
  wish: CaptureWish,
): Promise<number> {
  await tx.change('UPDATE images SET version = version + 1 WHERE id = ?', [imageId]);
  const [row] = await tx.rows<{ last: number | null }>(
    'SELECT MAX(number) AS last FROM image_revisions WHERE image_id = ?',
    [imageId],
  );
  return tx.insert('image_revisions', {
    image_id: imageId,
    number: Number(row?.last ?? 0) + 1,
    format: source.format === 'simulated' ? 'simulated' : 'qcow2',
    place_id: source.place_id,
    file: '',
    size_bytes: 0,
    virtual_bytes: 0,
    system: source.system ?? '{}',
    comment: wish.comment,
    base_revision_id: source.revision_id,
    reservation_id: wish.reservationId,
    created_at: tx.now,
    created_by: wish.by,
  });
}

/** The revision's file is there; the first of its image becomes the production one. Twice is once. */
export async function revisionReady(tx: Tx, id: number, captured: Captured): Promise<void> {
  const changed = await tx.table('image_revisions').where({ id }).whereNull('ready_at').update({
    file: captured.file,
    format: captured.format,
    size_bytes: captured.sizeBytes,
    virtual_bytes: captured.virtualBytes,
    sha256: captured.sha256,
    ready_at: tx.now,
  });
  if (changed !== 1) return;
  const [row] = await tx.rows<{ image_id: number; system: string }>(
    'SELECT image_id, system FROM image_revisions WHERE id = ?',
    [id],
  );
  if (!row) return;
  // The rest is what its base has; another disk needs another machine.
  const { startsBy: _startsBy, ownDiskMb: _ownDiskMb, ...system } = JSON.parse(row.system) as SystemFacts;
  await tx
    .table('image_revisions')
    .where({ id })
    .update({ system: JSON.stringify({ ...system, ...captured.start }) });
  await raiseNeeds(tx, row.image_id, { memoryMb: 0, diskMb: Math.ceil(captured.virtualBytes / 1024 ** 2) });
  await tx
    .table('images')
    .where({ id: row.image_id })
    .whereNull('production_revision_id')
    .update({ production_revision_id: id });
}

/** Gives up a revision that never became ready: its row, its image if that has no other, and its file are removed. */
export async function giveUpRevision(tx: Tx, id: number): Promise<void> {
  const changed = await tx
    .table('image_revisions')
    .where({ id })
    .whereNull('ready_at')
    .whereNull('deleted_at')
    .update({ deleted_at: tx.now });
  if (changed !== 1) return;
  const [row] = await tx.rows<{ place_id: number | null }>(
    'SELECT place_id FROM image_revisions WHERE id = ?',
    [id],
  );
  await queueTask(
    tx,
    { action: 'purge', targetType: 'revision', targetId: id },
    { placeId: row?.place_id ?? null },
  );
}

/**
 * Saves a machine that reached its end: as a revision of its image where its person owns it, else as an image of their own.
 * False when it is not running any more.
 */
export async function saveByItself(tx: Tx, reservationId: number): Promise<boolean> {
  const [row] = await tx.rows<{
    user_id: number;
    image_id: number;
    owner_id: number | null;
    name: string;
    title: string;
  }>(
    'SELECT r.user_id, r.image_id, i.owner_id, i.name, i.title FROM reservations r JOIN images i ON i.id = r.image_id WHERE r.id = ?',
    [reservationId],
  );
  if (!row) return false;
  const ending = `-saved-${reservationId}`;
  const target: CaptureTarget =
    row.owner_id === row.user_id
      ? { imageId: row.image_id }
      : {
          name: row.name.slice(0, 60 - ending.length) + ending,
          title: `${row.title.slice(0, 80)}, saved from reservation ${reservationId}`,
          ownerId: row.user_id,
        };
  const comment = `Saved by itself at the end of reservation ${reservationId}.`;
  return beginCapture(tx, { reservationId, target, comment, by: null, activity: 'image' });
}

/** True when no machine holds the revision, none of its image's people may be given it, and none is going to. */
export async function isUnused(tx: Tx, id: number): Promise<boolean> {
  const [row] = await tx.rows(
    `SELECT v.id FROM image_revisions v WHERE v.id = ? AND v.deleted_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.revision_id = v.id)
       AND NOT EXISTS (SELECT 1 FROM reservations r JOIN images i ON i.id = r.image_id
         WHERE r.live = 1 AND (r.revision_id = v.id OR i.production_revision_id = v.id))`,
    [id],
  );
  return row !== undefined;
}

/** Keeps a deleted revision from being removed. False when that has begun: its file may be gone. */
export async function cancelPurge(tx: Tx, id: number): Promise<boolean> {
  const changed = await tx
    .table('tasks')
    .where({ open_key: `purge:revision:${id}`, status: 'queued' })
    .update({ status: 'done', result: 'restored', open_key: null, ended_at: tx.now });
  return Number(changed) === 1;
}

/** Its file is gone. One that was never ready leaves no row, nor does an image that never had another. */
export async function forgetRevision(tx: Tx, id: number): Promise<void> {
  const [row] = await tx.rows<{ image_id: number; ready_at: number | null }>(
    'SELECT image_id, ready_at FROM image_revisions WHERE id = ?',
    [id],
  );
  if (!row) return;
  if (row.ready_at !== null) {
    await tx.table('image_revisions').where({ id }).update({ file: '', size_bytes: 0 });
    return;
  }
  await tx.table('image_revisions').where({ id }).delete();
  await tx.change(
    `DELETE FROM images WHERE id = ? AND NOT EXISTS (SELECT 1 FROM image_revisions v WHERE v.image_id = images.id)
       AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.image_id = images.id)`,
    [row.image_id],
  );
}

/** What production was before is remembered: back is one click. False when the image has gone meanwhile. */
export async function makeProduction(tx: Tx, revisionId: number): Promise<boolean> {
  const changed = await tx.change(
    `UPDATE images SET version = version + 1, previous_revision_id = production_revision_id, production_revision_id = ?
       WHERE id = (SELECT image_id FROM image_revisions WHERE id = ? AND ready_at IS NOT NULL AND deleted_at IS NULL)
         AND deleted_at IS NULL AND (production_revision_id IS NULL OR production_revision_id <> ?)`,
    [revisionId, revisionId, revisionId],
  );
  return changed === 1;
}
