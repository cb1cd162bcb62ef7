/** Places that load no machine. */
import type { Reader } from '../../../../db/transaction.ts';
import type { AttentionItem } from '../../views.ts';

export async function disarmed(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; created_at: number }>(
    'SELECT id, name, created_at FROM places WHERE armed = 0',
  );
  return rows.map((row) => ({
    id: `place-${row.id}`,
    kind: 'place',
    text: `The place ${row.name} is disarmed: no machine is touched until "labrador arm" is run there.`,
    since: Number(row.created_at),
    hits: 'everybody who wants one of its machines',
    action: null,
  }));
}

export async function draining(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ id: number; name: string; draining_since: number }>(
    'SELECT id, name, draining_since FROM places WHERE draining_since IS NOT NULL',
  );
  return rows.map((row) => ({
    id: `drained-${row.id}`,
    kind: 'place',
    text: `The place ${row.name} is being drained: no machine is loaded until "labrador drain --off" is run there.`,
    since: Number(row.draining_since),
    hits: 'everybody who wants one of its machines',
    action: null,
  }));
}
