import { partOf } from '../../../db/queries/image-members.ts';
import { type ImageAndGroups, imageGroups, imageResource } from '../../../db/queries/images.ts';
import { builtOn, usesOfImage } from '../../../db/queries/uses-of-image.ts';
import { cancelPurge } from '../../../db/repositories/captures.ts';
import { addEvent } from '../../../db/repositories/events.ts';
import { queueTask } from '../../../db/repositories/tasks.ts';
import { inTransaction, type Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { ServiceDeps } from '../deps.ts';
import { doOnce } from '../once.ts';
import type { Once } from '../services.ts';
import type { SignedIn } from '../views.ts';
import { guarded } from './edit-image.ts';
import { grace } from './revisions.ts';

/**
 * Deletes an image with all its revisions, with grace: their files are removed after seven days, as those of revisions are. Throws
 * LabError `image.in-use`, which names what uses it: reservations, images made from it, a capture.
 */
export function removeImage(deps: ServiceDeps, me: SignedIn, name: string): Promise<void> {
  return inTransaction(deps.db, async (tx) => {
    const image = await guarded(tx, me, name);
    await refuseUsed(tx, me, image);
    const revisions = await tx.rows<{ id: number; place_id: number | null }>(
      'SELECT id, place_id FROM image_revisions WHERE image_id = ? AND deleted_at IS NULL',
      [image.id],
    );
    await tx.table('images').where({ id: image.id }).update({ deleted_at: tx.now });
    for (const { id, place_id } of revisions) {
      await tx.table('image_revisions').where({ id }).update({ deleted_at: tx.now });
      const task = { action: 'purge', targetType: 'revision', targetId: id } as const;
      await queueTask(tx, { ...task, runAfter: tx.now + grace }, { placeId: place_id });
    }
    await addEvent(tx, { kind: 'image.deleted', actorId: me.id, data: { image: name } });
  });
}

async function refuseUsed(tx: Tx, me: SignedIn, image: ImageAndGroups): Promise<void> {
  const { reservations, captures } = await usesOfImage(tx, image.id);
  const made = await builtOn(tx, image.id);
  const seen = made.filter((other) => may(me, 'image.read', imageResource(other)));
  const hidden = made.length - seen.length;
  const others = [...seen.map(({ title }) => title), ...(hidden > 0 ? [counted(hidden, 'other image')] : [])];
  const whole = await partOf(tx, image.id);
  const uses = [
    ...(whole.length > 0 ? [`comes with ${inAll(whole.map(({ title }) => title))}`] : []),
    ...(reservations > 0 ? [`${counted(reservations, 'reservation')} of it must end first`] : []),
    ...(others.length > 0 ? [`made from it: ${inAll(others)}, which must be deleted first`] : []),
    ...(captures > 0 ? ['a revision of it is being captured'] : []),
  ];
  if (uses.length === 0) return;
  throw new LabError('image.in-use', { detail: `${image.title} is used: ${uses.join('; ')}.` });
}

function counted(n: number, word: string): string {
  return `${n} ${word}${n === 1 ? '' : 's'}`;
}

const mostNamed = 3;

/** "vm-1, vm-2, vm-3 and 4 more" */
function inAll(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return `${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Undoes the deletion of an image within its grace; those of its revisions that were deleted before it stay so. */
export function restoreImage(deps: ServiceDeps, me: SignedIn, name: string, once: Once = {}): Promise<void> {
  return inTransaction(deps.db, async (tx) => {
    await tx.change('UPDATE images SET version = version + 1 WHERE name = ?', [name]);
    const image = await managedEvenDeleted(tx, me, name);
    const { repeated } = await doOnce(tx, me, once, ['restore-image', name], () => Promise.resolve(null));
    if (repeated || image.deleted_at === null) return;
    const revisions = await tx.rows<{ id: number }>(
      'SELECT id FROM image_revisions WHERE image_id = ? AND deleted_at = ?',
      [image.id, image.deleted_at],
    );
    let restored = 0;
    for (const { id } of revisions) {
      if (!(await cancelPurge(tx, id))) continue;
      restored += await tx.table('image_revisions').where({ id }).update({ deleted_at: null });
    }
    if (restored < revisions.length || restored === 0) throw new LabError('image.gone');
    await tx.table('images').where({ id: image.id }).update({ deleted_at: null });
    await addEvent(tx, { kind: 'image.restored', actorId: me.id, data: { image: name } });
  });
}

async function managedEvenDeleted(tx: Tx, me: SignedIn, name: string): Promise<ImageAndGroups> {
  const [image] = await tx.rows<ImageAndGroups>(`SELECT i.*, ${imageGroups} FROM images i WHERE i.name = ?`, [
    name,
  ]);
  if (!image || !may(me, 'image.read', imageResource(image))) throw new LabError('not-found');
  if (!may(me, 'image.manage', imageResource(image))) throw new LabError('not-allowed');
  return image;
}
