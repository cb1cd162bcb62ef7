import { type ImageAndGroups, imageGroups, imageResource } from '../../../db/queries/images.ts';
import type { Tx } from '../../../db/transaction.ts';
import { LabError } from '../../domain/errors.ts';
import { skeleton } from '../../domain/image-names.ts';
import { may } from '../../domain/may.ts';
import type { SignedIn } from '../views.ts';

/**
 * A name or title that people would mistake for another's is as taken as the same one: `name.taken`, which names the other
 * image only to those who may see it.
 */
export async function refuseLookAlikes(
  tx: Tx,
  me: SignedIn,
  { name, title }: { readonly name: string; readonly title: string },
  exceptId = 0,
): Promise<void> {
  const wanted = new Set([skeleton(name), skeleton(title)]);
  const images = await tx.rows<ImageAndGroups>(`SELECT i.*, ${imageGroups} FROM images i`);
  const other = images.find(
    (image) =>
      image.id !== exceptId && (wanted.has(skeleton(image.name)) || wanted.has(skeleton(image.title))),
  );
  if (!other) return;
  const seen = other.deleted_at === null && may(me, 'image.read', imageResource(other));
  const there = seen
    ? `There is ${other.title} (${other.name}) already`
    : 'An image with that name, or one like it, exists';
  const sentence = `${there}; take a name that nobody mistakes for it.`;
  throw new LabError('name.taken', { fields: { name: sentence, title: sentence }, detail: sentence });
}
