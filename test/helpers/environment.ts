import type { Database } from '../../db/connect.ts';
import { inTransaction } from '../../db/transaction.ts';

/** Another simulated environment, whose revision has its number as id. */
export async function addEnvironment(
  db: Database,
  { id, name }: { id: number; name: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const at = { created_at: tx.now };
    await tx.table('images').insert({
      ...{ id, name, title: name, description: '', notes: '', icon: 'robot', os_module: 'none' },
      ...{ production_revision_id: id, ...at },
    });
    await tx.table('image_revisions').insert({
      ...{ id, image_id: id, number: 1, format: 'simulated', file: '', size_bytes: 0, virtual_bytes: 0 },
      ...{ system: '{}', ready_at: tx.now, ...at },
    });
  });
}
