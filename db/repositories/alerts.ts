/** What of *Needs attention* somebody outside was told, each once while it is so. */
import type { Tx } from '../transaction.ts';

/** Whoever takes one has so long to tell it, in milliseconds; then it is taken again. */
const patience = 60_000;

/** Of what is so now, what nobody was told yet: it is taken by the caller. What is not so any more may be told again. */
export async function takeUntold(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.rows<{ item: string; taken_at: number; told_at: number | null }>(
    'SELECT item, taken_at, told_at FROM alerts',
  );
  const over = rows.filter(({ item }) => !ids.includes(item)).map(({ item }) => item);
  for (const item of over) await tx.table('alerts').where({ item }).delete();
  const known = new Map(rows.map((row) => [row.item, row]));
  const untold = ids.filter((id) => {
    const row = known.get(id);
    return !row || (row.told_at === null && Number(row.taken_at) < tx.now - patience);
  });
  for (const item of untold) {
    if (known.has(item)) await tx.table('alerts').where({ item }).update({ taken_at: tx.now });
    else await tx.table('alerts').insert({ item, taken_at: tx.now });
  }
  return untold;
}

export async function markTold(tx: Tx, ids: readonly string[]): Promise<void> {
  for (const item of ids) await tx.table('alerts').where({ item }).update({ told_at: tx.now });
}
