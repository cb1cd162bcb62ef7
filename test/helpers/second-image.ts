import { inTransaction } from '../../db/transaction.ts';
import type { Lab } from './lab.ts';

/** `chemistry` beside the image of a lab: the same under another name, with a revision of its own. */
export async function addChemistry(lab: Lab): Promise<{ readonly id: number }> {
  const id = 2;
  await inTransaction(lab.db, async (tx) => {
    const [image] = await tx.table('images').where({ id: 1 });
    const names = { name: 'chemistry', title: 'Chemistry' };
    await tx.table('images').insert({ ...image, id, ...names, production_revision_id: id });
    const [revision] = await tx.table('image_revisions').where({ id: 1 });
    await tx.table('image_revisions').insert({ ...revision, id, image_id: id });
  });
  return { id };
}
