/** The machines that come with an image: who manages it says which. */
import { memberRows, partOf } from '../../../db/queries/image-members.ts';
import { type ImageAndGroups, imageResource, imageRow } from '../../../db/queries/images.ts';
import { replaceMembers } from '../../../db/repositories/image-members.ts';
import type { Reader, Tx } from '../../../db/transaction.ts';
import { type Members, membersFault } from '../../domain/cluster.ts';
import { invalid } from '../../domain/errors.ts';
import { may } from '../../domain/may.ts';
import type { MembersView, SignedIn } from '../views.ts';

export async function membersOf(reader: Reader, imageId: number): Promise<MembersView[]> {
  const rows = await memberRows(reader, imageId);
  return rows.map(({ role, name, title, machines }) => ({ role, image: name, title, machines }));
}

/**
 * These come with it from now on; what is booked stays as it is. One level: what comes with an image brings nothing with it, so that none
 * contains itself, by whatever way. Throws LabError that says which is wrong.
 */
export async function setMembers(
  tx: Tx,
  me: SignedIn,
  image: ImageAndGroups,
  members: readonly Members[],
): Promise<void> {
  const fault = membersFault(members, image.name);
  if (fault !== null) throw invalid('members', fault);
  // both are changed, so that of two that would contain each other the second sees the first
  for (const name of [...new Set(members.map((one) => one.image))].toSorted())
    await tx.change('UPDATE images SET version = version + 1 WHERE name = ?', [name]);
  const [whole] = members.length > 0 ? await partOf(tx, image.id) : [];
  if (whole)
    throw invalid('members', `${image.title} comes with ${whole.title}: it can bring no machines with it.`);
  const rows = [];
  for (const { role, image: name, machines } of members)
    rows.push({ role, imageId: await memberImage(tx, me, name), machines });
  await replaceMembers(tx, image.id, rows);
}

async function memberImage(tx: Tx, me: SignedIn, name: string): Promise<number> {
  const found = await imageRow(tx, name);
  if (!found || !may(me, 'image.read', imageResource(found)))
    throw invalid('members', `There is no image "${name.slice(0, 60)}".`);
  if ((await memberRows(tx, found.id)).length > 0)
    throw invalid(
      'members',
      `${found.title} brings machines with it: it cannot be one that comes with another.`,
    );
  return found.id;
}
