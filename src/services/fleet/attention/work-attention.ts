/** Work that failed, and what does not add up. */
import type { Reader } from '../../../../db/transaction.ts';
import type { AttentionItem } from '../../views.ts';
import { retry } from './retry.ts';

export async function failedTasks(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{
    id: number;
    action: string;
    result: string;
    ended_at: number;
    reservation_id: number | null;
  }>(
    // a failed capture stands above by itself
    `SELECT t.id, t.action, t.result, t.ended_at, t.reservation_id FROM tasks t WHERE t.status = 'failed'
       AND NOT (t.action IN ('image', 'checkpoint') AND EXISTS (SELECT 1 FROM reservations r
         WHERE r.id = t.reservation_id AND r.live = 1 AND r.capture_failure IS NOT NULL))
       ORDER BY t.id DESC LIMIT 100`,
  );
  return rows.map((row) => ({
    id: `task-${row.id}`,
    kind: 'task',
    text: `The work "${row.action}" failed: ${row.result}`,
    since: Number(row.ended_at),
    hits: row.reservation_id === null ? null : `reservation ${row.reservation_id}`,
    about: `/tasks/${row.id}`,
    action: retry(`task-${row.id}`),
  }));
}

export async function quarantined(reader: Reader): Promise<AttentionItem[]> {
  const rows = await reader.rows<{ name: string; what: string; since: number }>(
    'SELECT name, what, since FROM quarantine',
  );
  return rows.map((row) => ({
    id: `artefact-${row.name}`,
    kind: 'artefact',
    text: `A ${row.what} named ${row.name} is not of this installation: it is left alone.`,
    since: Number(row.since),
    hits: null,
    action: null,
  }));
}

export async function booksDiffer(reader: Reader): Promise<AttentionItem[]> {
  const [last] = await reader.rows<{ id: number; at: number }>(
    "SELECT id, at FROM events WHERE kind = 'books-differ' AND at > ? ORDER BY id DESC LIMIT 1",
    [reader.now - 86_400_000],
  );
  if (!last) return [];
  const text = 'The nightly audit found hours that are held by nobody, or held twice. The log names them.';
  return [{ id: `books-${last.id}`, kind: 'books', text, since: Number(last.at), hits: null, action: null }];
}
