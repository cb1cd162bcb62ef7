import type { Tx } from '../transaction.ts';
import { insertRows } from './insert-rows.ts';

/** Machines of one role; `imageId` is what they are loaded with. */
export interface NewMembers {
  readonly role: string;
  readonly imageId: number;
  readonly machines: number;
}

/** These, and no others, come with an image from now on. */
export async function replaceMembers(tx: Tx, imageId: number, members: readonly NewMembers[]): Promise<void> {
  await tx.table('image_members').where({ image_id: imageId }).delete();
  const rows = members.map(({ role, imageId: memberId, machines }, position) => ({
    image_id: imageId,
    ...{ position, role, member_image_id: memberId, machines },
  }));
  await insertRows(tx, 'image_members', rows);
}
