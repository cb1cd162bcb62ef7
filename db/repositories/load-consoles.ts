/** What machines wrote to their consoles while they were loaded: compressed, of the last loads of each node. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Reader, Tx } from '../transaction.ts';

/** Of so many loads of a node. */
const kept = 10;

/** Keeps it for the newest load of a task. */
export async function keepConsole(tx: Tx, taskId: number, said: Buffer): Promise<void> {
  const [load] = await tx.rows<{ id: number; node_id: number }>(
    'SELECT id, node_id FROM loads WHERE task_id = ? ORDER BY id DESC LIMIT 1',
    [taskId],
  );
  if (!load || said.length === 0) return;
  await tx.table('load_consoles').where({ load_id: load.id }).delete();
  await tx.insert('load_consoles', {
    ...{ load_id: load.id, node_id: load.node_id },
    text: gzipSync(said).toString('base64'),
  });
  const last = await tx.rows<{ load_id: number }>(
    'SELECT load_id FROM load_consoles WHERE node_id = ? ORDER BY load_id DESC LIMIT ?',
    [load.node_id, kept],
  );
  const oldest = last.at(-1)?.load_id ?? load.id;
  await tx.change('DELETE FROM load_consoles WHERE node_id = ? AND load_id < ?', [load.node_id, oldest]);
}

/** Null when none was kept. */
export async function consoleOfLoad(reader: Reader, loadId: number): Promise<Buffer | null> {
  const [row] = await reader.rows<{ text: string }>('SELECT text FROM load_consoles WHERE load_id = ?', [
    loadId,
  ]);
  return row ? gunzipSync(Buffer.from(row.text, 'base64')) : null;
}
